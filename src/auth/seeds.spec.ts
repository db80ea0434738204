import { describe, expect, it } from '@jest/globals';
import { digestOf } from './key-text.js';
import { parseSeeds } from './seeds.js';

describe('parseSeeds', () => {
  it('reads a bare key and a full entry', () => {
    expect(parseSeeds(' plain-key-1 ,ops:shop:admin+ingest=a=b:c+d, ')).toMatchObject([
      { name: 'seeded', project: 'default', scopes: ['ingest', 'query'], digest: digestOf('plain-key-1') },
      { name: 'ops', project: 'shop', scopes: ['ingest', 'admin'], digest: digestOf('a=b:c+d') },
    ]);
  });

  it('shows no more than a quarter of a key', () => {
    expect(
      parseSeeds('12345678,sl_0123456789012345678901234567890123456789').map(({ prefix }) => prefix),
    ).toEqual(['12', 'sl_012345']);
  });

  it('takes nothing for no keys', () => {
    expect(parseSeeds(' , ')).toEqual([]);
  });

  it.each([
    ['name=SECRET', 'entry 1'],
    ['ok,a:b=SECRET', 'entry 2'],
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
    expect(() => parseSeeds(apiKeys)).toThrow(entry);
    expect(() => parseSeeds(apiKeys)).toThrow(/^API_KEYS (?!.*(SECRET|SEC RET)).*$/);
  });
});
