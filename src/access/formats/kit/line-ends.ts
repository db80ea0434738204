import { NEWLINE } from './line-blocks.js';

const CARRIAGE_RETURN = 0x0d;

/** Do the lines of a text that begins like this end with CR alone, as old spreadsheets write them? */
export function hasCrLines(head: Buffer): boolean {
  const first = head.indexOf(CARRIAGE_RETURN);
  if (first < 0 || first + 1 >= head.length || head[first + 1] === NEWLINE) return false;
  const newline = head.indexOf(NEWLINE);
  if (newline < 0) return true;
  if (newline < first) return false;
  let [alone, feeds] = [0, 0];
  for (let at = 0; at < head.length; at++) {
    if (head[at] === NEWLINE) feeds++;
    else if (head[at] === CARRIAGE_RETURN && head[at + 1] !== NEWLINE) alone++;
  }
  return alone >= feeds;
}

/** With LF in the place of each CR, byte for byte. */
export function withLineFeeds(chunk: Buffer): Buffer {
  const copy = Buffer.from(chunk);
  for (let at = copy.indexOf(CARRIAGE_RETURN); at >= 0; at = copy.indexOf(CARRIAGE_RETURN, at + 1)) {
    copy[at] = NEWLINE;
  }
  return copy;
}
