import type { Note, NoteCounts } from '../../access/formats/index.js';
import type { ChunkOutcome } from './chunk-store.js';
import type { Refusal } from './chunk.js';

const SHOWN = 10;

/** What became of the records of a file: read = stored + rejected. */
export class ImportLedger {
  read = 0;
  stored = 0;
  rejected = 0;
  /** Of the stored ones, those that an earlier import of the same file stored. */
  before = 0;
  /** What it was taken for. */
  format = '';
  /** Of the stored ones, those of which something was left out. */
  readonly notes: NoteCounts = {};
  readonly first: Refusal[] = [];

  constructor(readonly file: string) {}

  add(outcome: ChunkOutcome, before: boolean): void {
    this.read += outcome.records;
    this.stored += outcome.stored;
    this.rejected += outcome.rejected;
    if (before) this.before += outcome.stored;
    for (const [note, n] of Object.entries(outcome.notes) as [Note, number][]) {
      this.notes[note] = (this.notes[note] ?? 0) + n;
    }
    this.first.push(...outcome.first);
    this.first.sort((a, b) => a.line - b.line);
    this.first.splice(SHOWN);
  }

  /** Why the file is none that was taken; null where something was, and where there was nothing in it. */
  nothingTaken(isEmpty: boolean): string | null {
    if (this.stored > 0 || isEmpty) return null;
    const taken = `nothing in ${this.file} was imported`;
    if (this.read === 0) return `${taken}: it contains no records`;
    const [first] = this.first;
    const records = this.read === 1 ? 'its only record was' : `all of its ${this.read} records were`;
    const example = first ? ` (line ${first.line}: ${printable(first.reason)})` : '';
    return `${taken}: read as ${this.format}, ${records} rejected${example}`;
  }

  text(elapsedMs: number): string {
    const perSecond = Math.round(((this.stored - this.before) * 1000) / Math.max(1, elapsedMs));
    const lines = [
      `${this.file}: ${(elapsedMs / 1000).toFixed(1)} s, ${perSecond} entries/s`,
      row('read', this.read),
      row(
        'stored',
        this.stored,
        this.before > 0 ? `  (${this.before} of them by an earlier import of this file)` : '',
      ),
      ...Object.entries(this.notes).map(([note, n]) => `    ${n} of them with ${note}`),
      row('rejected', this.rejected),
      ...this.first.map(({ line, reason, text }) => `    line ${line}: ${reason}: ${printable(text)}`),
    ];
    if (this.rejected > this.first.length) {
      lines.push(`    and ${this.rejected - this.first.length} more: --rejects FILE lists all of them`);
    }
    return lines.map((line) => `${line}\n`).join('');
  }

  json() {
    const { file, format, read, stored, before, notes, rejected, first } = this;
    return { file, format, read, stored, stored_before: before, notes, rejected, first_rejections: first };
  }
}

function row(name: string, n: number, remark = ''): string {
  return `  ${name.padEnd(10)}${String(n).padStart(12)}${remark}`;
}

const SHOWN_CHARACTERS = 120;

// A log may hold what would steer the terminal.
function printable(text: string): string {
  return text.slice(0, SHOWN_CHARACTERS).replace(/[\p{Cc}\p{Cf}]/gu, '\ufffd');
}
