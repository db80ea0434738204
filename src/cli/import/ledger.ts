import type { Refusal } from './chunk.js';
import type { ChunkOutcome } from './chunk-store.js';

const SHOWN = 10;

/** What became of the records of a file: read = stored + rejected. */
export class ImportLedger {
  read = 0;
  stored = 0;
  rejected = 0;
  /** Of the stored ones, those that an earlier import of the same file stored. */
  before = 0;
  readonly first: Refusal[] = [];

  constructor(readonly file: string) {}

  add(outcome: ChunkOutcome, before: boolean): void {
    this.read += outcome.records;
    this.stored += outcome.stored;
    this.rejected += outcome.rejected;
    if (before) this.before += outcome.stored;
    this.first.push(...outcome.first);
    this.first.sort((a, b) => a.line - b.line);
    this.first.splice(SHOWN);
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
      row('rejected', this.rejected),
      ...this.first.map(({ line, reason, text }) => `    line ${line}: ${reason}: ${printable(text)}`),
    ];
    if (this.rejected > this.first.length) {
      lines.push(`    and ${this.rejected - this.first.length} more: --rejects FILE writes all of them`);
    }
    return lines.map((line) => `${line}\n`).join('');
  }

  json() {
    const { file, read, stored, before, rejected, first } = this;
    return { file, read, stored, stored_before: before, rejected, first_rejections: first };
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
