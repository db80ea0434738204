import type { RecordError } from '../../../api/record-schema.js';
import { AccessEntrySchema } from '../../access-entry.schema.js';
import { notUtf8 } from './record-parser.js';

const FIELDS = Object.keys(AccessEntrySchema.properties);
const REPLACED = '\ufffd';

/**
 * Of a record whose text was not all UTF-8, decoded with U+FFFD for what is not: the refusal by the first field of an entry that
 * it stands in; null where only others hold it, which are not kept.
 */
export function notUtf8Field(value: unknown): RecordError | null {
  if (typeof value !== 'object' || value === null) return notUtf8;
  for (const field of FIELDS) {
    const text = (value as Record<string, unknown>)[field];
    if (typeof text === 'string' && text.includes(REPLACED)) return { ...notUtf8, field };
  }
  return null;
}
