import { count, duration, millis } from '../../kit/format.js';
import { Panel } from '../../kit/ui/panel.js';
import { Facts } from './facts.js';
import type { SystemAnswer } from './system-answer.js';

/** How long it takes to make records durable. */
export function Flushes({ flush }: Pick<SystemAnswer, 'flush'>) {
  const { p50_ms, p95_ms, p99_ms, rows, seconds_total } = flush;
  const each = flush.count === 0 ? null : rows / flush.count;
  return (
    <Panel title="Flushes" note="since the start" span={4}>
      <Facts
        facts={[
          ['Median', millis(p50_ms)],
          ['95th percentile', millis(p95_ms)],
          ['99th percentile', millis(p99_ms)],
          ['Flushes', count(flush.count)],
          ['Records a flush', count(each)],
          ['Records a second of flushing', count(seconds_total === 0 ? null : rows / seconds_total)],
        ]}
      />
    </Panel>
  );
}

/** The server itself. */
export function ServerFacts({ system }: { system: SystemAnswer }) {
  return (
    <Facts
      facts={[
        ['Version', system.version],
        ['Up for', duration(system.uptime_seconds)],
        ['Processes', count(system.workers)],
        ['Requests, 95th percentile', millis(system.requests.p95_ms)],
      ]}
    />
  );
}
