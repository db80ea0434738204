import { countNotes, type Note, type NoteCounts } from '../../access/formats/index.js';
import type { NewAccessEntry } from '../../core/records/access-entry.js';

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

/** What became of a record, and where it lies, in bytes from where the text of its chunk begins. */
export interface Item {
  begin: number;
  end: number;
  /** null for what could not be one: then there is a reason. */
  entry: NewAccessEntry | null;
  reason: string;
  notes?: readonly Note[];
}

const NEWLINE = 0x0a;

/** Consecutive records, which are stored in one transaction. */
export class Chunk {
  readonly entries: NewAccessEntry[] = [];
  readonly notes: NoteCounts = {};
  private readonly refusedItems: Item[] = [];
  private readonly acceptedItems: Item[] = [];

  constructor(
    readonly begin: Position,
    readonly end: Position,
    private readonly items: readonly Item[],
    /** What the items stand in. */
    private readonly text: { bytes: Buffer; begin: Position },
    /** Is this a last line that has no end yet? */
    readonly isOpen: boolean,
  ) {
    for (const item of items) {
      if (item.entry === null) this.refusedItems.push(item);
      else {
        this.acceptedItems.push(item);
        this.entries.push(item.entry);
        countNotes(this.notes, item.notes);
      }
    }
  }

  /** What could not be an entry, in order. */
  refused(): Refusal[] {
    const place = this.placing();
    return this.refusedItems.map((item) => place(item, item.reason));
  }

  get refusedCount(): number {
    return this.refusedItems.length;
  }

  /** For what the store refuses, by the index of its entry. */
  refusalOf(index: number, reason: string): Refusal {
    return this.placing()(this.acceptedItems[index], reason);
  }

  /** The records that begin before a position, and the others. */
  splitAt(at: Position): [Chunk, Chunk] {
    const byte = at.byte - this.text.begin.byte;
    const isBefore = (item: Item) => item.begin < byte;
    return [
      new Chunk(this.begin, at, this.items.filter(isBefore), this.text, this.isOpen),
      new Chunk(
        at,
        this.end,
        this.items.filter((item) => !isBefore(item)),
        this.text,
        this.isOpen,
      ),
    ];
  }

  // In order: each newline is passed once.
  private placing(): (item: Item, reason: string) => Refusal {
    const { bytes, begin } = this.text;
    let [at, line] = [0, begin.line];
    return ({ begin: from, end }, reason) => {
      const text = bytes.toString('utf8', from, end);
      const first = from + Buffer.byteLength(text.slice(0, text.length - text.trimStart().length));
      for (; at < first; at++) if (bytes[at] === NEWLINE) line++;
      return { line: line + 1, reason, text: text.trim() };
    };
  }
}

/** Gathers what becomes of consecutive records, and the bytes that they stand in. */
export class ChunkBuilder {
  private readonly items: Item[] = [];
  private endByte: number;

  constructor(
    private readonly begin: Position,
    /** Of what comes before the first record. */
    leadingBytes: number,
  ) {
    this.endByte = begin.byte + leadingBytes;
  }

  get records(): number {
    return this.items.length;
  }

  get bytes(): number {
    return this.endByte - this.begin.byte;
  }

  get lastByte(): number {
    return this.endByte;
  }

  accept(entry: NewAccessEntry, endByte: number, notes?: readonly Note[]): void {
    this.items.push({ begin: this.bytes, end: endByte - this.begin.byte, entry, reason: '', notes });
    this.endByte = endByte;
  }

  refuse(reason: string, endByte: number): void {
    this.items.push({ begin: this.bytes, end: endByte - this.begin.byte, entry: null, reason });
    this.endByte = endByte;
  }

  /** `bytes`: those from where the chunk begins to where its last record ends. */
  build(bytes: Buffer, isOpen = false): Chunk {
    const { begin } = this;
    const end: Position = {
      byte: this.endByte,
      record: begin.record + this.records,
      line: begin.line + newlines(bytes),
    };
    return new Chunk(begin, end, this.items, { bytes, begin }, isOpen);
  }
}

function newlines(bytes: Buffer): number {
  let found = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) found++;
  return found;
}
