import { describe, expect, it } from 'vitest';
import { yamlLayer } from './layer.js';

const known = new Set(['PORT', 'DB_PASSWORD', 'ALLOWED_ORIGINS', 'REDIS_URL']);
const read = (content: string) => yamlLayer(content, 'flag', known).values;

describe('yamlLayer', () => {
  it('knows a key in three spellings', () => {
    for (const key of ['DB_PASSWORD', 'db_password', 'db-password'])
      expect(read(`${key}: x`)).toEqual({ DB_PASSWORD: 'x' });
  });

  it('keeps scalars as they are written', () => {
    expect(read('db_password: 0123\nport: 1e3')).toEqual({ DB_PASSWORD: '0123', PORT: '1e3' });
    expect(read('db_password: "null"')).toEqual({ DB_PASSWORD: 'null' });
    expect(read('db_password: |\n  two\n  lines\n')).toEqual({ DB_PASSWORD: 'two\nlines\n' });
  });

  it('takes null and nothing for blank', () => {
    expect(read('port:\ndb_password: ~\nredis_url: null')).toEqual({
      PORT: '',
      DB_PASSWORD: '',
      REDIS_URL: '',
    });
    for (const content of ['', '# nothing\n', '---\n', 'null']) expect(read(content)).toEqual({});
  });

  it('joins lists', () => {
    expect(read('allowed_origins: [a, b]')).toEqual({ ALLOWED_ORIGINS: 'a,b' });
    expect(read('allowed_origins:\n  - a\n')).toEqual({ ALLOWED_ORIGINS: 'a' });
    expect(read('allowed_origins: []')).toEqual({ ALLOWED_ORIGINS: '' });
    expect(read('allowed_origins: &o [a]\nport: *o')).toEqual({ ALLOWED_ORIGINS: 'a', PORT: 'a' });
  });

  it.each([
    ['prot: 1', 'prot (configuration file) is not a setting'],
    ['prot: 1\n__proto__: 2', 'prot, __proto__ (configuration file) are not settings'],
    ['? [a]\n: b', 'is not a setting'],
    ['port: 1\nPORT: 2', 'PORT (configuration file) is given twice'],
    ['port: {a: 1}', 'PORT (configuration file) must be a single value or a list'],
    ['allowed_origins: [[a]]', 'ALLOWED_ORIGINS (configuration file) must be a list of single values'],
    ['port', 'CONFIG_FILE (flag) must hold a map of settings'],
    ['- port', 'CONFIG_FILE (flag) must hold a map of settings'],
    ['db_password: "hunter2', 'CONFIG_FILE (flag) names a file that is not valid YAML (line 1, column'],
    ['port: 1\nport: 2', 'CONFIG_FILE (flag) names a file that is not valid YAML (line 2, column'],
    ['port: *none', 'PORT (configuration file) must be a single value or a list'],
  ])('refuses %j', (content, message) => {
    expect(() => read(content)).toThrow(message);
    expect(() => read(content)).not.toThrow('hunter2');
  });
});
