import { describe, expect, it } from 'vitest';
import { parseSeeds } from './key-seeder.js';
import { digestOf } from './key-text.js';

const LONG = 'a-key-that-is-long-enough-1';
const OTHER = 'a-key-that-is-long-enough-2';
const read = (apiKeys: string, onLoopback = false) => parseSeeds(apiKeys, onLoopback);

describe('parseSeeds', () => {
  it('reads a bare key and a full entry', () => {
    expect(read(` ${LONG} ,ops:shop:admin+ingest=a=b:c+d-0123456789, `).keys).toMatchObject([
      { project: 'default', scopes: ['ingest', 'query'], digest: digestOf(LONG) },
      { name: 'ops', project: 'shop', scopes: ['ingest', 'admin'], digest: digestOf('a=b:c+d-0123456789') },
    ]);
  });

  it('shows no more than a quarter of a key', () => {
    expect(
      read('0123456789abcdef,sl_0123456789012345678901234567890123456789').keys.map(({ prefix }) => prefix),
    ).toEqual(['0123', 'sl_012345']);
  });

  it('tells apart keys without a name, whatever their order, and those that begin alike', () => {
    const [one, two] = read(`${LONG},${OTHER}`).keys;
    expect([one.name, two.name]).toEqual([LONG, OTHER].map((key) => `seeded ${digestOf(key).slice(0, 8)}`));
    expect(one.prefix).toBe(`a-key-~${digestOf(LONG).slice(0, 4)}`);
    expect(one.prefix).not.toBe(two.prefix);
    expect(read(`${OTHER},${LONG}`).keys).toEqual([two, one]);
  });

  it('takes nothing for no keys', () => {
    expect(read(' , ')).toEqual({ keys: [], warnings: [] });
  });

  it.each([
    ['short', 'fewer than 16 characters'],
    ['0123456789abcde', 'fewer than 16 characters'],
    ['change-me', 'placeholder'],
    ['CHANGE-ME-TOO', 'placeholder'],
    ['please_changeme_now_12345', 'placeholder'],
    ['your-secret-api-key-here', 'placeholder'],
    ['replace_this_by_a_long_key', 'placeholder'],
    ['aaaaaaaaaaaaaaaaaaaaaaaa', 'different characters'],
    ['12121212121212121212', 'different characters'],
  ])('refuses %s, and warns of it where only this machine can use it', (key, problem) => {
    for (const entry of [key, `ops:default:admin=${key}`]) {
      expect(() => read(`${LONG},${entry}`)).toThrow(
        new RegExp(`^API_KEYS \\(entry 2\\) .*${problem}.*openssl`),
      );
      const { keys, warnings } = read(`${LONG},${entry}`, true);
      expect(keys.map(({ digest }) => digest)).toEqual([digestOf(LONG), digestOf(key)]);
      expect(warnings).toEqual([expect.stringMatching(new RegExp(`^API_KEYS \\(entry 2\\) .*${problem}`))]);
      expect(warnings.join()).not.toContain(key);
    }
  });

  it.each([
    ['name=SECRET', 'entry 1'],
    ['a-key-of-its-own-1,a:b=SECRET', 'entry 2'],
    ['a:b:ingest:x=SECRET', 'entry 1'],
    [':default:ingest=SECRET', 'entry 1'],
    ['a:SEC RET:ingest=SECRET', 'entry 1'],
    ['a:default:SECRET=SECRET', 'entry 1'],
    ['a:default:=SECRET', 'entry 1'],
    ['a:default:ingest=', 'entry 1'],
    ['SECRET SECRET', 'entry 1'],
    ['SECRETé', 'entry 1'],
    ['SECRET,a:default:ingest=SECRET', 'entry 2'],
  ])('refuses %s by its number, without printing it', (apiKeys, entry) => {
    expect(() => read(apiKeys, true)).toThrow(entry);
    expect(() => read(apiKeys, true)).toThrow(/^API_KEYS (?!.*(SECRET|SEC RET)).*$/);
  });
});
