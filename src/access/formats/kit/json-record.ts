import { findUnstorable } from '../../../core/json.js';
import type { Line } from './line-parser.js';

/** A parsed value as a record, unless no store could hold it. `checkText` as for findUnstorable. */
export function jsonRecord(value: unknown, checkText: boolean): Line {
  const found = findUnstorable(value, checkText);
  if (!found) return { value };
  return { error: { field: found.path, message: found.message, type: 'unstorable' } };
}
