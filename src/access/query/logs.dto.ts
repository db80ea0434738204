import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { canonicalIp } from '../../core/addresses/ip-address.js';
import type { ErrorCode } from '../../core/errors.js';
import { METHODS } from '../../core/records/access-entry.js';
import { ProjectQuery } from '../../http/query/project-query.js';
import {
  MAX_SKIPPED,
  TransformText,
  Satisfies,
  RATHER_THAN_SKIP,
  Text,
  Time,
  Integer,
  OneOf,
} from '../../http/query/query-checks.js';
import { RANGES, type Range } from './window.js';

/** A search by path reads every row up to the end of the page. */
export const MAX_SKIPPED_BY_PATH = 10_000;
const COUNT_MODES = ['auto', 'exact', 'none'] as const;

/** The codes of a time that is wrong, where times are called from and to. */
export const TIME_CODES: Record<string, ErrorCode> = { from: 'invalid_start_time', to: 'invalid_end_time' };

/** The parameters of GET /logs. */
export class LogsQuery extends ProjectQuery {
  static readonly codes = TIME_CODES;

  @TransformText((text) => canonicalIp(text) ?? text)
  @Text(64, 'Entries from this IPv4 or IPv6 address, in any spelling', { format: 'ip' })
  @Satisfies('isIp', 'must be an IPv4 or IPv6 address', (text) => canonicalIp(text) !== null)
  ip?: string;

  @Integer(100, 599, { description: 'Entries with this status' })
  status?: number;

  @TransformText((text) => text.toUpperCase())
  @OneOf(METHODS, { description: 'Case-insensitive' })
  method?: string;

  @Text(2048, 'Entries whose path contains this text; case-sensitive, % and _ are literal')
  path?: string;

  @Time('Inclusive, by timestamp')
  from?: string;

  @Time('Exclusive')
  to?: string;

  @OneOf(RANGES, { description: 'Up to the end of the current minute; instead of from and to' })
  range?: Range;

  @Integer(1, 1000, { default: 50, description: 'Entries per page' })
  limit?: number;

  @Integer(
    0,
    MAX_SKIPPED,
    {
      default: 0,
      description: `Entries to skip, at most ${MAX_SKIPPED_BY_PATH} together with path; next_cursor is faster and has no such limit`,
    },
    RATHER_THAN_SKIP,
  )
  offset?: number;

  @Text(8192, 'next_cursor of the previous page; the filters must be the same')
  cursor?: string;

  @OneOf(COUNT_MODES, {
    default: 'auto',
    description: 'auto: exact where that is cheap, otherwise an estimate flagged as such',
  })
  count?: (typeof COUNT_MODES)[number];
}

@ApiSchema({ name: 'StoredAccessEntry' })
class AccessEntryView {
  @ApiProperty({ type: 'integer' }) id: number;
  @ApiProperty({ format: 'date-time' }) Timestamp: string;
  IP: string | null;
  @ApiProperty({ enum: METHODS }) Method: string | null;
  Path: string | null;
  @ApiProperty({ type: 'integer' }) Status: number | null;
  LatencyMs: number | null;
  UserAgent: string | null;
}

/** What stands beside the entries of a page. */
export class AccessPageMeta {
  /** null with count=none. */
  @ApiProperty({ type: 'integer' }) total: number | null;

  /** Only there when total is an estimate. */
  @ApiProperty({ type: Boolean, enum: [true] }) total_estimated?: true;

  @ApiProperty({ type: 'integer' }) limit: number;
  @ApiProperty({ type: 'integer' }) offset: number;

  /** null on the last page. */
  next_cursor: string | null;

  /** Parameters that were ignored, and whether the page ends early; absent if there are none. */
  warnings?: string[];
}

/** JSON that the store gives, never an object of this class. */
export class AccessPage {
  data: AccessEntryView[];
  meta: AccessPageMeta;
}
