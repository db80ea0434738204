import { count, duration, millis } from '../../kit/format.js';
import { Panel } from '../../kit/ui/panel.js';
import { Facts } from './facts.js';
import type { SystemAnswer } from './system-answer.js';

interface SystemProps {
  system: SystemAnswer;
}

/** What was measured since the start, beside the storage. */
export function Numbers({ system }: SystemProps) {
  return (
    <div class="span-4 wide-4 system-numbers">
      <Flushes system={system} />
      <Requests system={system} />
    </div>
  );
}

function Flushes({ system: { flush } }: SystemProps) {
  const { p50_ms, p95_ms, p99_ms, rows, seconds_total } = flush;
  const each = flush.count === 0 ? null : rows / flush.count;
  return (
    <Panel title="Flushes" note="since startup">
      <Facts
        facts={[
          ['Median', millis(p50_ms)],
          ['95th percentile', millis(p95_ms)],
          ['99th percentile', millis(p99_ms)],
          ['Flushes', count(flush.count)],
          ['Records per flush', count(each)],
          ['Records per second while flushing', count(seconds_total === 0 ? null : rows / seconds_total)],
        ]}
      />
    </Panel>
  );
}

function Requests({ system: { requests, cache } }: SystemProps) {
  return (
    <Panel title="Requests and cache" note="since startup">
      <Facts
        facts={[
          ['Requests', count(requests.count)],
          ['95th percentile', millis(requests.p95_ms)],
          ['Server errors (5xx)', count(requests.errors_5xx)],
          ['Cache hits', count(cache.hits)],
          ['Cache misses', count(cache.misses)],
        ]}
      />
    </Panel>
  );
}

/** The server itself. */
export function ServerFacts({ system }: SystemProps) {
  return (
    <Facts
      facts={[
        ['Version', system.version],
        ['Uptime', duration(system.uptime_seconds)],
        ['Processes', count(system.workers)],
      ]}
    />
  );
}
