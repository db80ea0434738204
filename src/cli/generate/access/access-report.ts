import { AccessMaker, type AccessShares } from '../../../samples/access/access-maker.js';
import {
  headLine,
  latencyLine,
  recordsPerSecond,
  row,
  runReportOf,
  sentAgain,
  surprises,
  type RunReport,
} from '../report.js';
import type { Kind } from '../run.js';
import { accessBatchOf, type AccessFormat } from './access-batch.js';

export interface AccessReport extends RunReport {
  entries_per_second: number;
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
    report: (ledger, facts) => ({
      ...runReportOf(ledger, facts),
      entries_per_second: recordsPerSecond(ledger, facts),
    }),
  };
}
