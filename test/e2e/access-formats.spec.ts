import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anEntry, postLogs } from '../support/access-api.js';
import { accessDatabaseOf, type AccessDatabase } from '../support/access-database.js';
import { apiOf, type Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';

const CSV = 'text/csv';
const NDJSON = 'application/x-ndjson';
const JSON_TYPE = 'application/json';

const cases = JSON.parse(readFileSync('test/fixtures/import/cases.json', 'utf8')) as {
  file: string;
  right: { stored: number; rejected: number };
}[];

let server: TestServer;
let api: Api;
let database: AccessDatabase;

beforeAll(async () => {
  server = await startServer();
  api = apiOf(server);
  database = await accessDatabaseOf(server);
});

afterAll(async () => {
  await database?.close();
  await server?.stop();
});

/** Rows by their path. */
function stored(path: string): Promise<Record<string, unknown>[]> {
  return database.rows('select * from access_logs where path = ? order by id', path);
}

describe('entries as servers and shippers write them', () => {
  it.each([
    ['one behind the other', (a: string, b: string) => a + b],
    ['a line each', (a: string, b: string) => `${a}\n${b}\n`],
    ['with blank lines', (a: string, b: string) => `\n${a}\r\n\r\n${b}`],
    ['over several lines', (a: string, b: string) => `${a.replace(',', ',\n')}\n${b.replace(',', ',\n')}`],
    ['with braces in texts', (a: string, b: string) => (a + b).replaceAll('curl', '}{ \\"}{')],
  ])('may be JSON objects %s, as Fluent Bit sends them', async (name, join) => {
    const path = `/fluent/${name}`;
    const [a, b] = ['curl/1', 'curl/2'].map((agent) =>
      JSON.stringify({ ...anEntry(), path, user_agent: agent }),
    );
    const { status, body } = await postLogs(api, JSON_TYPE, join(a, b));
    expect([status, body]).toMatchObject([200, { message: '2 logs ingested', received: 2, rejected: [] }]);
    expect(await stored(path)).toHaveLength(2);
  });

  it('may be far more JSON objects than one may be large', async () => {
    const objects = Array.from({ length: 9000 }, (_, i) => JSON.stringify(anEntry({ path: '/fluent', i })));
    for (const between of ['', '\n']) {
      const { body } = await postLogs(api, JSON_TYPE, objects.join(between));
      expect(body).toMatchObject({ received: 9000, accepted: 9000 });
    }
    expect(await stored('/fluent')).toHaveLength(18_000);
  });

  it.each([
    '{"path":"/no"}{',
    '{"path":"/no"} x',
    '{"path":"/no"}]',
    '{"path":"/no"},{"path":"/no"}',
    '{"path":"/no"}{"a":}',
  ])('that are JSON objects and something else are none: %s', async (body) => {
    const answer = await postLogs(api, JSON_TYPE, body);
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_json']);
    expect(await stored('/no')).toHaveLength(0);
  });

  it.each([
    [NDJSON, '{"path":"/w1","status":"200","latency_ms":"12.5","ip":"","method":""}', [200, 12.5]],
    [NDJSON, '{"path":"/w2","status":"404","request_time":"0.25","user_agent":""}', [404, 250]],
    [JSON_TYPE, '[{"path":"/w3","method":"PROPFIND","timestamp":"2026-11-01T10:00:00+0100"}]', [null, null]],
    [CSV, 'sep=;\r\npath;status\r\n/w4;200\r\n', [200, null]],
    [CSV, '#TYPE x\npath\tstatus\n/w5\t200\n', [200, null]],
    [CSV, 'path,status,request_time\r/w6,200,0.001\r', [200, 1]],
    [NDJSON, Buffer.from('{"path":"/w7","referer":"caf\xe9"}', 'latin1'), [null, null]],
  ])('may be as servers write them: %s %s', async (type, content, expected) => {
    const { status, body } = await postLogs(api, type, content);
    expect([status, body]).toMatchObject([200, { accepted: 1, rejected_total: 0 }]);
    const path = /\/w\d/.exec(content.toString('latin1'))![0];
    expect((await stored(path)).map((row) => [row.status, row.latency_ms])).toEqual([expected]);
  });

  it.each(cases.filter(({ file }) => /\.(csv|ndjson)$/.test(file)))(
    'are right in the file $file of our own',
    async ({ file, right }) => {
      const type = file.endsWith('.csv') ? CSV : NDJSON;
      const { status, body } = await postLogs(api, type, readFileSync(`test/fixtures/import/${file}`));
      if (right.stored === 0) {
        expect([status, body.error, body.details]).toEqual([
          400,
          'validation_error',
          [{ field: '[0].timestamp', message: expect.stringContaining('"time" is not read') }],
        ]);
      } else
        expect([status, body.accepted, body.rejected_total]).toEqual([200, right.stored, right.rejected]);
    },
  );

  it.each([
    [CSV, 'time,path\n2020-01-01T00:00:00Z,/x\n', '[0].timestamp'],
    [CSV, 'when,client,uri\n2026-11-20T10:00:00Z,/x,curl\n', '[0]'],
    [CSV, '2026-11-20T10:00:00Z,203.0.113.7,/x\n', '[0].path'],
    [NDJSON, '{"path":"/x","ip":"203.0.113.7:80"}', '[0].ip'],
    [NDJSON, '{"path":"/x","status":"000"}', '[0].status'],
    [NDJSON, Buffer.from('{"path":"/x\xe9"}', 'latin1'), '[0].path'],
  ])('are refused by name where they cannot be read: %s %s', async (type, content, field) => {
    const { status, body } = await postLogs(api, type, content);
    expect([status, body.details[0].field]).toEqual([400, field]);
    expect(await stored('/x')).toHaveLength(0);
  });

  it('in JSON that have their time by another name are stored, and said to be', async () => {
    const entry = { path: '/date', date: 1763600000.5 };
    for (const [type, body] of [
      [JSON_TYPE, [entry]],
      [NDJSON, JSON.stringify(entry)],
    ] as const) {
      expect((await postLogs(api, type, body)).body).toMatchObject({
        accepted: 1,
        warnings: ['"date" is not read, the time of an entry is called timestamp'],
      });
    }
    const timed = { ...entry, timestamp: '2026-11-01T10:00:00Z' };
    expect((await postLogs(api, JSON_TYPE, [timed])).body.warnings).toBeUndefined();
  });
});
