import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serveDocument } from './openapi.js';

let fastify: FastifyInstance;
let made: number;
let fails: boolean;

beforeEach(() => {
  fastify = Fastify();
  made = 0;
  fails = false;
  const make = async () => {
    made++;
    await Promise.resolve();
    if (fails) throw new Error('no');
    return Buffer.from('{"a":1}');
  };
  serveDocument(fastify, '/document', {
    contentType: 'application/json',
    headers: { 'x-more': 'yes' },
    make,
  });
});

afterEach(() => fastify.close());

const get = (headers: Record<string, string> = {}) => fastify.inject({ url: '/document', headers });

describe('a document', () => {
  it('is made by the first request, once for all who ask meanwhile and later', async () => {
    expect(made).toBe(0);
    const answers = await Promise.all(Array.from({ length: 100 }, () => get()));
    answers.push(await get());
    for (const { body, headers } of answers) {
      expect([body, headers['content-type'], headers['x-more']]).toEqual([
        '{"a":1}',
        'application/json',
        'yes',
      ]);
    }
    expect(made).toBe(1);
  });

  it('is tried again after it could not be made', async () => {
    fails = true;
    expect((await get()).statusCode).toBe(500);
    fails = false;
    expect((await get()).statusCode).toBe(200);
  });

  it.each([
    ['the same', (etag: string) => etag, 304],
    ['the same, weakened by a proxy', (etag: string) => `W/${etag}`, 304],
    ['one of several', (etag: string) => `"x", ${etag}`, 304],
    ['any', () => '*', 304],
    ['another', () => '"x"', 200],
    ['nothing', () => '', 200],
  ])('by If-None-Match: %s', async (_, tagFor, status) => {
    const { headers } = await get();
    const answer = await get({ 'if-none-match': tagFor(String(headers.etag)) });
    expect([answer.statusCode, answer.body === '', answer.headers.etag]).toEqual([
      status,
      status === 304,
      headers.etag,
    ]);
  });
});
