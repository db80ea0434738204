import type { FastifyReply } from 'fastify';
import { bytesOf, free, type JsonPieces } from '../../core/json/buffers.js';

/** What every route under /api/v1 answers when it succeeds. */
export interface Answer<T> {
  success: true;
  message: string;
  data: T;
}

const JSON_TYPE = 'application/json; charset=utf-8';

/** The same for data that is already JSON; `beside` is added next to `data`. */
export function answerPieces(message: string, data: JsonPieces, beside: object = {}): JsonPieces {
  const before = JSON.stringify({ success: true, message }).slice(0, -1);
  return [`${before},"data":`, ...data, `${membersOf(beside)}}`];
}

/** JSON of an object with a list that is JSON already. */
export function listPieces(name: string, list: JsonPieces, others: object): JsonPieces {
  return [`{"${name}":`, ...list, `${membersOf(others)}}`];
}

/** An object that is JSON already, with more members; it has some. */
export function objectPieces(json: string, others: object): JsonPieces {
  return [json.slice(0, -1), `${membersOf(others)}}`];
}

/** The value for a handler to return: the whole as bytes, which are freed once they are sent. */
export function sentOnce(reply: FastifyReply, pieces: JsonPieces): Buffer {
  const bytes = bytesOf(pieces);
  void reply.header('content-type', JSON_TYPE);
  reply.raw.once('close', () => free(bytes));
  return bytes;
}

function membersOf(object: object): string {
  const members = JSON.stringify(object).slice(1, -1);
  return members === '' ? '' : `,${members}`;
}

/** A page of a list; with `next_cursor` the query goes on, null on the last page. */
export interface PageAnswer<T> extends Answer<T[]> {
  next_cursor: string | null;
}

export function answer<T>(message: string, data: T): Answer<T> {
  return { success: true, message, data };
}

export function pageAnswer<T>(message: string, data: T[], nextCursor: string | null): PageAnswer<T> {
  return { ...answer(message, data), next_cursor: nextCursor };
}
