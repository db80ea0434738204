import { scalarText } from './json-lines.js';

const SEEN = /[\p{L}\p{N}\p{P}\p{S}]/u;

/** A name as it is, or where nothing of it can be seen, in JSON. */
export function visibleName(name: string): string {
  return SEEN.test(name) ? name : scalarText(name);
}
