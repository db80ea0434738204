import { AccessMaker, type AccessShares } from '../../../samples/access/access-maker.js';
import type { LatencySummary } from '../latencies.js';
import type { Ledger } from '../ledger.js';
import { headLine, latencyLine, row, sentAgain, surprises } from '../report.js';
import type { Kind, RunFacts } from '../run.js';
import { accessBatchOf, type AccessFormat } from './access-batch.js';

/** The ledger at the end of a run, as `--json` writes it. */
export interface AccessReport {
  target: string;
  seed: number;
  elapsed_seconds: number;
  entries_per_second: number;
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

function accessReportOf(ledger: Ledger, facts: RunFacts): AccessReport {
  const unacknowledged = facts.unacknowledged.length;
  return {
    target: facts.target,
    seed: facts.seed,
    elapsed_seconds: Math.round(facts.elapsedMs / 100) / 10,
    entries_per_second: Math.round((ledger.acknowledged * 1000) / Math.max(1, facts.elapsedMs)),
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

export function accessReportText(report: AccessReport): string {
  const lines = [
    headLine(report, `${report.entries_per_second} entries/s`),
    row('made', report.made, `${report.made_bad} of them bad`),
    row('sent', report.sent, sentAgain(report)),
    row('stored', report.stored, ''),
    row('rejected', report.rejected, surprises(report)),
    row('unacknowledged', report.unacknowledged, ''),
    ...latencyLine(report),
  ];
  if (report.closes && report.unacknowledged === 0) {
    lines.push('  The ledger closes: made = sent = stored + rejected.');
  }
  return lines.map((line) => `${line}\n`).join('');
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
    report: accessReportOf,
  };
}
