import type { NewAccessEntry } from '../../core/access-entry.js';

/** Where a chunk begins: behind how many bytes, records and lines. */
export interface Position {
  byte: number;
  record: number;
  line: number;
}

export interface Refusal {
  /** From 1. */
  line: number;
  reason: string;
  /** The record as it stands in the file. */
  text: string;
}

/** Where in its chunk a record lies. */
interface Span {
  begin: number;
  end: number;
}

/** Records that are stored in one transaction. */
export interface Chunk {
  number: number;
  begin: Position;
  end: Position;
  entries: NewAccessEntry[];
  /** What could not be an entry, in order. */
  refused: Refusal[];
  /** For what the store refuses, by the index of its entry. */
  refusalOf(index: number, reason: string): Refusal;
}

const NEWLINE = 0x0a;

/** Gathers what becomes of consecutive records, and the bytes that they stand in. */
export class ChunkBuilder {
  private readonly entries: NewAccessEntry[] = [];
  private readonly spans: Span[] = [];
  private readonly refused: (Span & { reason: string })[] = [];
  private count = 0;
  private endByte: number;

  constructor(
    private readonly number: number,
    private readonly begin: Position,
    headerBytes: number,
  ) {
    this.endByte = begin.byte + headerBytes;
  }

  get records(): number {
    return this.count;
  }

  get bytes(): number {
    return this.endByte - this.begin.byte;
  }

  get lastByte(): number {
    return this.endByte;
  }

  accept(entry: NewAccessEntry, endByte: number): void {
    this.entries.push(entry);
    this.spans.push(this.span(endByte));
  }

  refuse(reason: string, endByte: number): void {
    this.refused.push({ ...this.span(endByte), reason });
  }

  /** `bytes`: those from where the chunk begins to where its last record ends. */
  build(bytes: Buffer): Chunk {
    const { number, begin, entries, spans } = this;
    let [at, line] = [0, begin.line];
    // In order: each newline is passed once.
    const place = ({ begin: from, end }: Span, reason: string): Refusal => {
      const text = bytes.toString('utf8', from, end);
      const first = from + Buffer.byteLength(text.slice(0, text.length - text.trimStart().length));
      for (; at < first; at++) if (bytes[at] === NEWLINE) line++;
      return { line: line + 1, reason, text: text.trim() };
    };
    const refused = this.refused.map((span) => place(span, span.reason));
    const lines = begin.line + newlines(bytes, 0, bytes.length);
    return {
      number,
      begin,
      end: { byte: this.endByte, record: begin.record + this.count, line: lines },
      entries,
      refused,
      refusalOf(index, reason) {
        [at, line] = [0, begin.line];
        return place(spans[index], reason);
      },
    };
  }

  private span(endByte: number): Span {
    const span = { begin: this.endByte - this.begin.byte, end: endByte - this.begin.byte };
    this.endByte = endByte;
    this.count++;
    return span;
  }
}

function newlines(bytes: Buffer, from: number, to: number): number {
  let found = 0;
  for (let at = bytes.indexOf(NEWLINE, from); at >= 0 && at < to; at = bytes.indexOf(NEWLINE, at + 1))
    found++;
  return found;
}
