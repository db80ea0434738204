import type { DeadLetterView, WholeDeadLetterView } from '../../dead-letters/dead-letter.dto.js';
import { textTable } from '../listing.js';

/** A record may hold what a terminal obeys. */
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
const BREAKS = /[\t\n]/g;
const MAX_CELL = 100;

/** Letters as columns of text, a line each. */
export function letterTable(letters: readonly DeadLetterView[]): string {
  const head = ['id', 'state', 'kind', 'project', 'reason', 'attempts', 'failed_at', 'origin', 'message'];
  const lines = letters.map((letter) => [
    String(letter.id),
    letter.state,
    letter.kind,
    letter.project,
    letter.reason,
    String(letter.attempts),
    letter.failed_at.replace(/\.\d+Z$/, 'Z'),
    originOf(letter),
    cell(letter.message),
  ]);
  return textTable([head, ...lines]);
}

/** A letter with what came. */
export function letterText(letter: WholeDeadLetterView): string {
  const { payload, is_cut, details, outcome, ...fields } = letter;
  const about: [string, string | null][] = Object.entries({ ...fields, origin: originOf(letter) }).map(
    ([name, value]) => [name, value === null ? null : visible(String(value))],
  );
  if (outcome) about.push(['outcome', JSON.stringify(outcome)]);
  for (const { field, message } of details) about.push(['', visible(`${field} ${message}`.trim())]);
  const cut = is_cut ? '\n(cut: only the beginning of what came was kept)' : '';
  return `${textTable(about)}\n\n${visible(payload)}${cut}`;
}

function originOf({ origin }: DeadLetterView): string | null {
  return origin && visible(`${origin.topic}/${origin.partition}@${origin.offset}#${origin.index}`);
}

function cell(text: string): string {
  const line = visible(text).replace(BREAKS, ' ');
  return line.length > MAX_CELL ? `${line.slice(0, MAX_CELL - 1)}…` : line;
}

function visible(text: string): string {
  return text.replace(CONTROL, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
