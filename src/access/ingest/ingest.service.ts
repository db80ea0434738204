import { createHash, hash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '../../config/config.module.js';
import type { Config } from '../../config/settings.js';
import { SightlineError, type FieldError } from '../../core/errors.js';
import { jsonText, parseJsonText } from '../../core/json/json-body.js';
import { mayHoldUnstorableText } from '../../core/json/json.js';
import { Clock } from '../../core/ports/clock.js';
import { AccessDelivery } from '../../core/ports/delivery.js';
import type { AccessReceipt, NewAccessEntry } from '../../core/records/access-entry.js';
import { DAY_MS } from '../../core/time.js';
import { anyEntry, loneEntry, type EntryCheck, type RawAccessEntry } from '../access-entry.schema.js';
import { jsonRecord } from '../formats/ndjson-parser.js';
import { entryBytes, prepareEntry, type PrepareContext } from '../prepare-entry.js';
import { notRead, timeNameOf } from '../time-names.js';
import { UniqueIps } from '../unique-ips/unique-ips.js';
import { AppendWindow, EntryChunk, refusedByStore } from './append-window.js';
import { recordsOf, type BodyFormat } from './body-format.js';
import { AccessIngestMetrics } from './ingest-metrics.js';
import { IngestTally, refuseIfNothingGood } from './ingest-tally.js';
import type { IngestOutcome } from './ingest.dto.js';

export interface IngestRequest {
  projectId: number;
  endpoint: '/logs' | '/upload';
  body: Buffer;
  format: BodyFormat | 'object';
  /** With it a repeat within a day stores nothing, and answers as the first did. */
  idempotencyKey?: string;
}

export interface BatchRequest extends IngestRequest {
  format: BodyFormat;
}

/** What is answered, by what became of the entries. It is kept with an idempotency key: JSON. */
export type LoneAnswer = (outcome: LoneOutcome, uniqueIps: number) => object;
export type LoneOutcome = 'new ip' | 'known ip' | 'queued';
export type BatchAnswer = (accounted: IngestOutcome, uniqueIps: number) => object;

/** Validates the access entries that clients send and has them delivered; every record of a request is accounted for. */
@Injectable()
export class AccessIngestService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly clock: Clock,
    private readonly delivery: AccessDelivery,
    private readonly uniqueIps: UniqueIps,
    private readonly metrics: AccessIngestMetrics,
  ) {}

  /** One entry, a JSON object. @throws SightlineError `invalid_json`, `validation_error`, and what AccessDelivery throws. */
  async appendOne(request: IngestRequest, answer: LoneAnswer): Promise<object> {
    const { projectId } = request;
    const entry = this.loneEntry(request);
    const entries = [entry];
    const bytes = entryBytes(entry);
    if (request.idempotencyKey === undefined) {
      const receipts = await this.delivery.append(entries, bytes);
      this.stored(entries, receipts);
      return answer(loneOutcome(receipts[0]), this.uniqueIps.count(projectId));
    }
    return this.appendOnce(request, entries, bytes, (receipts) => {
      const outcome = loneOutcome(receipts[0]);
      return answer(outcome, this.uniqueIps.count(projectId) + (outcome === 'new ip' ? 1 : 0));
    });
  }

  /** @throws SightlineError `validation_error` when nothing in it is good, `empty_batch`, `invalid_json`, … */
  async appendMany(request: BatchRequest, answer: BatchAnswer): Promise<object> {
    const account = new IngestTally();
    const chunks = this.chunksOf(request, account);
    if (request.idempotencyKey !== undefined) return this.appendManyOnce(request, chunks, account, answer);
    const patienceMs = this.config.requestTimeoutS * 1000;
    const window = new AppendWindow((chunk) => this.appendChunk(chunk, account), patienceMs);
    for await (const chunk of chunks) await window.send(chunk);
    await window.drain();
    const accounted = account.result();
    refuseIfNothingGood(accounted);
    return answer(accounted, this.uniqueIps.count(request.projectId));
  }

  private async appendManyOnce(
    request: BatchRequest,
    chunks: AsyncIterable<EntryChunk>,
    account: IngestTally,
    answer: BatchAnswer,
  ): Promise<object> {
    const all = new EntryChunk();
    for await (const chunk of chunks) all.addAll(chunk);
    if (all.entries.length === 0) refuseIfNothingGood(account.result());
    return this.appendOnce(request, all.entries, all.bytes, (receipts) => {
      // A transaction may be retried, and this runs again with it.
      const settled = account.copy();
      all.settle(receipts, settled);
      const accounted = settled.result();
      refuseIfNothingGood(accounted);
      return answer(accounted, this.uniqueIps.count(request.projectId) + receipts.filter(isNewIp).length);
    });
  }

  private async appendOnce(
    { projectId, endpoint, body, format, idempotencyKey }: IngestRequest,
    entries: readonly NewAccessEntry[],
    bytes: number,
    answer: (receipts: readonly AccessReceipt[]) => object,
  ): Promise<object> {
    const once = await this.delivery.appendOnce(
      {
        projectId,
        key: hash('sha256', `${endpoint} ${idempotencyKey}`),
        bodyDigest: createHash('sha256').update(`${format} `).update(body).digest('hex'),
        entries,
        expiresAtMs: this.clock.nowMs() + DAY_MS,
        answer,
      },
      bytes,
    );
    this.stored(entries, once.receipts);
    return once.answer as object;
  }

  private async appendChunk(chunk: EntryChunk, account: IngestTally): Promise<void> {
    const receipts = await this.delivery.append(chunk.entries, chunk.bytes);
    chunk.settle(receipts, account);
    this.stored(chunk.entries, receipts);
  }

  /** The valid entries of a body, in chunks of one flush; the others are tallied. */
  private async *chunksOf(request: BatchRequest, account: IngestTally): AsyncGenerator<EntryChunk> {
    const context = this.context(request.projectId, anyEntry);
    const size = this.config.flushMaxRows;
    let chunk = new EntryChunk();
    let received = 0;
    for await (const records of recordsOf(request.body, request.format)) {
      received += records.length;
      for (const record of records) {
        const prepared = record.errors ? record : prepareEntry(record.value, context);
        if (prepared.errors) {
          this.metrics.refused(prepared.errors);
          account.refuse(record.index, prepared.errors);
          continue;
        }
        if (prepared.entry.timestamp === context.receivedAt) warnOfTime(record.value, account);
        this.setNoteIp(prepared.entry);
        chunk.add(prepared.entry, record.index);
        if (chunk.entries.length < size) continue;
        yield chunk;
        chunk = new EntryChunk();
      }
    }
    this.metrics.batch(request.endpoint, received);
    if (chunk.entries.length > 0) yield chunk;
  }

  private loneEntry({ projectId, body }: IngestRequest): NewAccessEntry {
    const text = jsonText(body);
    const { value, error } = jsonRecord(parseJsonText(text), mayHoldUnstorableText(text));
    const { entry, errors } = error
      ? { errors: [error] }
      : prepareEntry(value, this.context(projectId, loneEntry));
    if (errors) {
      this.metrics.refused(errors);
      throw invalidEntry(errors);
    }
    this.setNoteIp(entry);
    return entry;
  }

  private context(projectId: number, check: EntryCheck): PrepareContext {
    return { projectId, receivedAt: this.clock.nowMs() * 1000, check };
  }

  private setNoteIp(entry: NewAccessEntry): void {
    if (entry.ip !== null) entry.upsertIp = this.uniqueIps.needsUpsert(entry.projectId, entry.ip);
  }

  private stored(entries: readonly NewAccessEntry[], receipts: readonly AccessReceipt[]): void {
    this.metrics.outcomes(receipts);
    // None when it was answered before: another process may have upserted these addresses.
    if (receipts.length > 0) this.uniqueIps.takeReceipts(entries, receipts);
  }
}

// It was given the time of receipt. Unlike a file, which may be years old, a request is sent as things happen: the entry is
// accepted.
function warnOfTime(value: unknown, account: IngestTally): void {
  const entry = value as RawAccessEntry;
  const name = entry.timestamp ? null : timeNameOf(entry);
  if (name !== null) account.warn(notRead(name));
}

function isNewIp(receipt: AccessReceipt): boolean {
  return receipt.outcome === 'stored' && receipt.newIp;
}

/** @throws SightlineError where the store refused it */
function loneOutcome(receipt: AccessReceipt): LoneOutcome {
  if (receipt.outcome === 'rejected') throw invalidEntry([refusedByStore(receipt.message)]);
  if (receipt.outcome === 'queued') return 'queued';
  return receipt.newIp ? 'new ip' : 'known ip';
}

function invalidEntry(errors: readonly FieldError[]): SightlineError {
  const details = errors.map(({ field, message }) => ({ field, message }));
  return new SightlineError('validation_error', 'The entry is not valid', { details });
}
