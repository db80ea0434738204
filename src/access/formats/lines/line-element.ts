import { isBlank, type Line } from '../kit/line-parser.js';
import { parseLine } from './parse-line.js';

/** An element of the array that POST /upload takes; blank lines are passed over. */
export function lineElement(value: unknown): Line | null {
  if (typeof value !== 'string') {
    return { error: { field: '', message: 'must be a string', type: 'type' } };
  }
  return isBlank(value) ? null : parseLine(value);
}
