import { readFileSync } from 'node:fs';
import { outcomesIn } from '../../../../test/support/raw-records.js';
import { anyEntry, type RawAccessEntry } from '../../access-entry.schema.js';
import { CommonLogParser } from './common-log-parser.js';
import { parseLogLine } from './parse-log-line.js';

const fileOf = (name: string) => readFileSync(`test/fixtures/access-logs/${name}.txt`, 'utf8');

describe('files of others', () => {
  it.each(['apache-combined', 'apache-odd', 'nginx-combined'])(
    'every line of %s is an entry',
    async (name) => {
      const text = fileOf(name);
      const values = await outcomesIn(new CommonLogParser(), text, 1000);
      expect(values).toHaveLength(text.trimEnd().split('\n').length);
      expect(values.filter((value) => !anyEntry.passes(value))).toEqual([]);
    },
  );

  it('say what a reader sees in them', async () => {
    const values = (await outcomesIn(new CommonLogParser(), fileOf('apache-combined'))) as RawAccessEntry[];
    expect(values[0]).toEqual({
      timestamp: '2015-05-17T10:05:03+00:00',
      ip: '83.149.9.216',
      method: 'GET',
      path: '/presentations/logstash-monitorama-2013/images/kibana-search.png',
      status: 200,
      user_agent:
        'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_9_1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/32.0.1700.77 Safari/537.36',
    });
    const counted = (key: keyof RawAccessEntry) => Object.groupBy(values, (value) => String(value[key]));
    expect(Object.keys(counted('method')).sort()).toEqual(['GET', 'HEAD', 'OPTIONS', 'POST']);
    expect(Object.keys(counted('status')).map(Number)).toEqual([200, 206, 301, 304, 403, 404, 416, 500]);
    expect(counted('user_agent').null!.length).toBeGreaterThan(0);
  });

  it('may lack an address, a request or a user agent', async () => {
    const values = (await outcomesIn(new CommonLogParser(), fileOf('apache-odd'))) as RawAccessEntry[];
    expect(values.map(({ ip, path, status }) => [ip, path, status])).toEqual([
      ['::1', '/favicon.ico', 404],
      ['192.168.33.1', '/hello', 404],
      ['::1', null, 408],
      ['172.17.0.1', '/stringpatch', 404],
      [null, '/status', 200],
      ['127.0.0.1', null, 408],
      ['123.123.123.123', '/', 200],
    ]);
  });

  it('may name proxies before the address', async () => {
    const values = (await outcomesIn(new CommonLogParser(), fileOf('nginx-combined'))) as RawAccessEntry[];
    expect(values.slice(6).map(({ ip }) => ip)).toEqual([
      '192.168.0.1',
      '127.0.0.1',
      '172.17.0.1',
      '10.2.1.185',
      '10.2.2.121',
      '127.0.0.1',
    ]);
  });
});

describe('a line', () => {
  const line = (request: string, agent = '-', head = '1.2.3.4 - -') =>
    `${head} [10/Oct/2000:13:55:36 -0730] "${request}" 200 2326 "-" "${agent}"`;

  it('is what the documentation of Apache shows', () => {
    const documented =
      '127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" 200 2326 "http://www.example.com/start.html" "Mozilla/4.08 [en] (Win98; I ;Nav)"';
    expect(parseLogLine(documented).value).toEqual({
      timestamp: '2000-10-10T13:55:36-07:00',
      ip: '127.0.0.1',
      method: 'GET',
      path: '/apache_pb.gif',
      status: 200,
      user_agent: 'Mozilla/4.08 [en] (Win98; I ;Nav)',
    });
  });

  it.each([
    ['GET /a b HTTP/1.1', 'GET', '/a b'],
    ['GET /a', 'GET', '/a'],
    ['GET http://x/y HTTP/2.0', 'GET', 'http://x/y'],
    ['GET /\\"x\\" HTTP/1.1', 'GET', '/"x"'],
    ['GET /\\xE4\\xBD\\xA0 HTTP/1.1', 'GET', '/你'],
    ['GET /\\xe4 HTTP/1.1', 'GET', '/\\xe4'],
    ['GET /a\\x00b HTTP/1.1', 'GET', '/a\\x00b'],
    ['PRI * HTTP/2.0', 'PRI', '*'],
    ['\\x16\\x03\\x01\\x00', null, null],
    ['', null, null],
    ['-', null, null],
  ])('with the request %j has %j and %j', (request, method, path) => {
    expect(parseLogLine(line(request)).value).toMatchObject({ method, path });
  });

  it('may have a user of several words, and a user agent with quotes', () => {
    expect(
      parseLogLine(line('GET / HTTP/1.1', 'a \\"b\\" \\\\', '1.2.3.4 - John Q Public')).value,
    ).toMatchObject({
      ip: '1.2.3.4',
      user_agent: 'a "b" \\',
    });
  });

  it.each([
    ['', 'timestamp'],
    ['1.2.3.4 - - [2026-11-20T10:00:00Z] "GET / HTTP/1.1" 200 1', 'timestamp'],
    ['1.2.3.4 - - [10/Foo/2000:13:55:36 -0700] "GET / HTTP/1.1" 200 1', 'timestamp'],
    ['1.2.3.4 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.1 200 1', ''],
    ['1.2.3.4 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.1" abc 1', ''],
    ['1.2.3.4 - - [10/Oct/2000:13:55:36 -0700]', ''],
  ])('%j is refused by %j', (text, field) => {
    expect(parseLogLine(text).error?.field).toBe(field);
  });
});
