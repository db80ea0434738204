import type { Kind } from '../run.js';
import { accessReportOf, type AccessReport } from './access-report.js';
import { AccessMaker, type AccessShares } from '../../../samples/access/access-maker.js';
import { packAccess, type AccessFormat } from './access-parcel.js';

/** `--kind access` */
export function accessKind(shares: AccessShares, format: AccessFormat): Kind<AccessReport> {
  const maker = new AccessMaker(shares);
  return {
    take(count, nowMs) {
      const items = Array.from({ length: count }, () => {
        const { entry, bad } = maker.next(nowMs);
        return { entry, eventId: null, kind: bad ? ('bad' as const) : ('good' as const) };
      });
      return packAccess(items, format);
    },
    report: accessReportOf,
  };
}
