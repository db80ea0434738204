import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { outcomesIn } from '../../../test/support/raw-records.js';
import { anyEntry, type RawAccessEntry } from '../access-entry.schema.js';
import { CommonLogParser, parseLogLine } from './common-log-parser.js';

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

  it('may name proxies before the address: the client is the first public one', async () => {
    const values = (await outcomesIn(new CommonLogParser(), fileOf('nginx-combined'))) as RawAccessEntry[];
    expect(values.slice(6).map(({ ip }) => ip)).toEqual([
      '192.168.0.1',
      '10.0.0.2',
      '172.17.0.1',
      '199.96.1.1',
      '2a03:0:10ff:f00f::8000',
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
    ['PROPFIND /dav/ HTTP/1.1', 'PROPFIND', '/dav/'],
    ['M-SEARCH * HTTP/1.1', 'M-SEARCH', '*'],
    ['BADMETHOD /x HTTP/1.1', null, '/x'],
    ['EHLO example.com', null, null],
    ['USER test +i test :test', null, null],
    ['\\x16\\x03\\x01\\x00', null, null],
    ['', null, null],
    ['-', null, null],
  ])('with the request %j has %j and %j', (request, method, path) => {
    expect(parseLogLine(line(request)).value).toMatchObject({ method, path });
  });

  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['203.0.113.7:51234', '203.0.113.7'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['[2001:DB8::1]:443', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['[fe80::1%25eth0]:80', 'fe80::1'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['"203.0.113.7"', '203.0.113.7'],
    ['for=203.0.113.7', '203.0.113.7'],
    ['for="[2001:db8::1]:4711"', '2001:db8::1'],
    ['203.0.113.7, 10.0.0.1', '203.0.113.7'],
    ['10.9.9.9,203.0.113.7,10.0.0.1', '203.0.113.7'],
    ['"10.1.1.1, 203.0.113.7" 10.0.0.1', '203.0.113.7'],
    ['203.0.113.7:1, [fd00::1]:2', '203.0.113.7'],
    ['unknown, 203.0.113.7', '203.0.113.7'],
    ['10.9.9.9, 192.168.1.1', '10.9.9.9'],
    ['192.0.2.10 203.0.113.7', '203.0.113.7'],
    ['example.com:443 203.0.113.7', '203.0.113.7'],
    ['"-" 203.0.113.7', '203.0.113.7'],
    ['Nov 20 10:00:00 web1 nginx: 203.0.113.7', '203.0.113.7'],
    ['host.example.net', null],
    ['-', null],
    ['unix:', null],
  ])('begins with %s: the client is %s', (head, ip) => {
    expect(parseLogLine(line('GET / HTTP/1.1', '-', `${head} - -`)).value).toMatchObject({ ip });
    if (!head.includes(' ') || head.includes(', ')) return;
    const user = `${head} - John Q Public`;
    expect(parseLogLine(line('GET / HTTP/1.1', '-', user)).value).toMatchObject({ ip });
  });

  it.each([
    ['"foo " bar" 116 "web@docker" "http://172.18.0.3:80" 1ms', 'foo " bar'],
    ['"foo"bar"', 'foo"bar'],
    ['"a" b" c" "-"', 'a" b" c'],
    ['""quoted""', '"quoted"'],
    ['"curl" "203.0.113.7, 10.0.0.1" rt=0.001 uct="0.000, -"', 'curl'],
    ['"curl" and "more', 'curl'],
    ['""', ''],
  ])('may have quotes that nobody escaped: %s', (agent, expected) => {
    const text = `1.2.3.4 - - [10/Oct/2000:13:55:36 +0000] "GET /a HTTP/1.1" 200 5 "-" ${agent}`;
    expect(parseLogLine(text).value).toMatchObject({ user_agent: expected, path: '/a' });
  });

  it('may have quotes that nobody escaped in its request', () => {
    for (const path of ['/a"b', '/a" b', '/" 1', '/"']) {
      const text = `1.2.3.4 - - [10/Oct/2000:13:55:36 +0000] "GET ${path} HTTP/1.1" 404 5 "-" "x"`;
      expect(parseLogLine(text).value).toMatchObject({ path, status: 404, user_agent: 'x' });
    }
  });

  it.each([
    ['', undefined],
    [' 0.005', '0.005'],
    [' "0.005" 12', '0.005'],
    [' "-" rt=0.125 uct="0.001"', '0.125'],
    [' request_time=1.500', '1.500'],
    [' 5', undefined],
    [' 3.26', undefined],
  ])("may have nginx's request time behind it: %j", (behind, seconds) => {
    expect(parseLogLine(line('GET / HTTP/1.1') + behind).value as object).toMatchObject(
      seconds === undefined ? { status: 200 } : { request_time: seconds },
    );
    const { request_time } = parseLogLine(line('GET / HTTP/1.1') + behind).value as { request_time?: string };
    expect(request_time).toBe(seconds);
  });

  it.each([
    ['10/Oct/2000:13:55:36.123 -0730', '2000-10-10T13:55:36.123-07:30'],
    ['10/Oct/2000:13:55:36.123456 +0000', '2000-10-10T13:55:36.123456+00:00'],
    ['10/Oct/2000:13:55:36 +05:30', '2000-10-10T13:55:36+05:30'],
  ])('has the time %j', (time, timestamp) => {
    const text = `1.2.3.4 - - [${time}] "GET / HTTP/1.1" 200 5`;
    expect(parseLogLine(text).value).toMatchObject({ timestamp });
  });

  it.each([
    ['"-" "Mozil', 'Mozil'],
    ['"http://x', null],
  ])('may be cut off in a quote, which is noted: %s', (tail, agent) => {
    const text = `1.2.3.4 - - [10/Oct/2000:13:55:36 -0700] "GET /a HTTP/1.1" 200 1 ${tail}`;
    expect(parseLogLine(text)).toMatchObject({
      value: { path: '/a', status: 200, user_agent: agent },
      notes: ['referer or user agent cut off: its quote is not closed'],
    });
  });

  it('may be in quotes as a whole, also as a cell of a spreadsheet', () => {
    const plain = line('GET /a HTTP/1.1', 'Mozilla/5.0 (X11)');
    const value = parseLogLine(plain).value;
    expect(parseLogLine(`"${plain}"`).value).toEqual(value);
    expect(parseLogLine(`"${plain.replaceAll('"', '""')}"`).value).toEqual(value);
  });

  it('costs no more than its length, whatever a scanner sends', () => {
    for (const agent of [
      '" '.repeat(50_000),
      '"" '.repeat(40_000),
      'a" b=" '.repeat(20_000),
      '\\" '.repeat(30_000),
    ]) {
      expect(parseLogLine(`${line('GET / HTTP/1.1', agent)} 1ms`).error).toBeUndefined();
    }
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
    ['1.2.3.4 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.1" abc 1', 'status'],
    ['1.2.3.4 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.1" 2OO 1', 'status'],
    ['1.2.3.4 - - [10/Oct/2000 13:55:36] "GET / HTTP/1.1" 200 1', 'timestamp'],
    ['1.2.3.4 - - [10/Oct/2000:13:55:36] "GET / HTTP/1.1" 200 1', 'timestamp'],
    ['1.2.3.4.5 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.1" 200 1', 'ip'],
    ['300.2.3.4 - John Q Public [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.1" 200 1', 'ip'],
    ['2001:db8::zz - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.1" 200 1', 'ip'],
    ['1.2.3.4/24 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.1" 200 1', 'ip'],
    ['1.2.3.999, 10.0.0.1 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.1" 200 1', 'ip'],
    ['1.2.3.4 - - [10/Oct/2000:13:55:36 -0700]', ''],
  ])('%j is refused by %j', (text, field) => {
    expect(parseLogLine(text).error?.field).toBe(field);
  });
});
