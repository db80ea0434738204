import { AccessMaker, type AccessShares } from '../../samples/access/access-maker.js';
import { accessBatchOf, type AccessFormat } from './access/access-batch.js';
import { batchOf } from './batch.js';
import type { LatencySummary } from './latencies.js';
import type { Ledger } from './ledger.js';
import type { Kind, RunFacts } from './run.js';
import { Traffic, type TrafficOptions } from './traffic.js';

/** The ledger at the end of a run of either kind, as `--json` writes it. */
export interface RunReport {
  target: string;
  seed: number;
  elapsed_seconds: number;
  made: number;
  made_bad: number;
  sent: number;
  stored: number;
  rejected: number;
  unacknowledged: number;
  good_rejected: number;
  first_rejection_of_a_good_one: string | null;
  bad_accepted: number;
  sent_again: number;
  failures: Record<string, number>;
  latency_ms: LatencySummary | null;
  closes: boolean;
}

/** The same for events. */
export interface Report extends RunReport {
  events_per_second: number;
  made_copies: number;
  duplicate: number;
  /** Those of the unacknowledged that have one. */
  unacknowledged_event_ids: string[];
  /** Distinct events that the server holds now. */
  events_held: number;
}

/** The same for access entries. */
export interface AccessReport extends RunReport {
  entries_per_second: number;
}

function reportOf(ledger: Ledger, facts: RunFacts): Report {
  return {
    ...runReportOf(ledger, facts),
    events_per_second: recordsPerSecond(ledger, facts),
    made_copies: ledger.copies,
    duplicate: ledger.duplicate,
    unacknowledged_event_ids: facts.unacknowledged.filter((id) => id !== null),
    events_held: ledger.held,
  };
}

function recordsPerSecond(ledger: Ledger, { elapsedMs }: RunFacts): number {
  return Math.round((ledger.acknowledged * 1000) / Math.max(1, elapsedMs));
}

function runReportOf(ledger: Ledger, facts: RunFacts): RunReport {
  const unacknowledged = facts.unacknowledged.length;
  return {
    target: facts.target,
    seed: facts.seed,
    elapsed_seconds: Math.round(facts.elapsedMs / 100) / 10,
    made: ledger.made,
    made_bad: ledger.bad,
    sent: ledger.sent,
    stored: ledger.stored,
    rejected: ledger.rejected,
    unacknowledged,
    good_rejected: ledger.goodRejected,
    first_rejection_of_a_good_one: ledger.firstRejection,
    bad_accepted: ledger.badAccepted,
    sent_again: ledger.retried,
    failures: Object.fromEntries(ledger.failures),
    latency_ms: facts.latency,
    closes: ledger.closes(unacknowledged),
  };
}

const LISTED = 5;

export function reportText(report: Report | AccessReport): string {
  const { target, seed, elapsed_seconds: seconds, latency_ms: latency } = report;
  const events = 'events_held' in report ? report : null;
  const speed =
    'events_held' in report
      ? `${report.events_per_second} events/s`
      : `${report.entries_per_second} entries/s`;
  const copies = events ? `, ${events.made_copies} copies` : '';
  const lines = [
    `${target}, seed ${seed}, ${seconds} s, ${speed}`,
    row('made', report.made, `${report.made_bad} of them bad${copies}`),
    row('sent', report.sent, sentAgain(report)),
    row('stored', report.stored),
    ...(events ? [row('duplicate', events.duplicate)] : []),
    row('rejected', report.rejected, surprises(report)),
    row('unacknowledged', report.unacknowledged),
  ];
  if (events) {
    lines.push(...unacknowledgedIds(events.unacknowledged_event_ids));
    lines.push(row('events held', events.events_held, 'distinct ones that the server has now'));
  }
  if (latency)
    lines.push(`  answers after p50 ${latency.p50} ms, p99 ${latency.p99} ms, max ${latency.max} ms`);
  if (report.closes && report.unacknowledged === 0) {
    lines.push(`  The ledger closes: made = sent = stored${events ? ' + duplicate' : ''} + rejected.`);
  }
  return lines.map((line) => `${line}\n`).join('');
}

function row(name: string, n: number, remark = ''): string {
  return `  ${name.padEnd(15)}${String(n).padStart(10)}${remark === '' ? '' : `  (${remark})`}`;
}

function unacknowledgedIds(ids: readonly string[]): string[] {
  const more = ids.length > LISTED ? [`    and ${ids.length - LISTED} more, which --json lists`] : [];
  return [...ids.slice(0, LISTED).map((id) => `    ${id}`), ...more];
}

function sentAgain({ sent_again: again, failures }: RunReport): string {
  const reasons = Object.entries(failures).map(([reason, n]) => `${reason} ${n}`);
  return reasons.length === 0 ? '' : `${again} again, after ${reasons.join(', ')}`;
}

function surprises(report: RunReport): string {
  const parts = [];
  if (report.good_rejected > 0) {
    parts.push(`${report.good_rejected} good ones, the first for: ${report.first_rejection_of_a_good_one}`);
  }
  if (report.bad_accepted > 0) parts.push(`${report.bad_accepted} bad ones were accepted`);
  return parts.join('; ');
}

/** `--kind events` */
export function eventKind(options: TrafficOptions, batch: number): Kind<Report> {
  const traffic = new Traffic(options);
  return {
    take: (count, nowMs) =>
      batchOf(
        Array.from({ length: count }, () => traffic.next(nowMs)),
        batch,
      ),
    report: reportOf,
  };
}

/** `--kind access` */
export function accessKind(shares: AccessShares, format: AccessFormat): Kind<AccessReport> {
  const maker = new AccessMaker(shares);
  return {
    take(count, nowMs) {
      const items = Array.from({ length: count }, () => {
        const { entry, bad } = maker.next(nowMs);
        return { entry, eventId: null, kind: bad ? ('bad' as const) : ('good' as const) };
      });
      return accessBatchOf(items, format);
    },
    report: (ledger, facts) => ({
      ...runReportOf(ledger, facts),
      entries_per_second: recordsPerSecond(ledger, facts),
    }),
  };
}
