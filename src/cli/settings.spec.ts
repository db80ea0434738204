import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../config/load.js';
import type { Setting } from '../config/setting.js';
import { settings } from '../config/settings.js';
import { envExample, settingsMarkdown } from './settings.js';

const available = Object.values<Setting<unknown>>(settings);

describe('the written settings', () => {
  it('.env.example and docs/settings.md are of this table; npm run docs:settings writes them', () => {
    expect(readFileSync('.env.example', 'utf8')).toBe(envExample());
    expect(readFileSync('docs/settings.md', 'utf8')).toBe(settingsMarkdown());
  });

  it('.env.example has every setting once, with the default that it has', () => {
    const given = envExample().replaceAll(/^#(?=[A-Z_]+=)/gm, '');
    expect(given.match(/^[A-Z_]+(?==)/gm)).toEqual(['CONFIG_FILE', ...available.map(({ env }) => env)]);
    const config = { flags: {}, env: {}, readFile: () => '' };
    expect(loadConfig({ ...config, dotEnv: given })).toEqual(loadConfig({ ...config, dotEnv: null }));
    expect(parseEnv(envExample())).toEqual({});
  });
});

describe('config/examples', () => {
  const read = (name: string) => readFileSync(`config/examples/${name}`, 'utf8');
  const files: Record<string, string> = {
    'sightline.yaml': read('sightline.yaml'),
    '/run/secrets/database_url': 'postgres://user:password@host/name',
    '/run/secrets/redis_url': 'redis://host',
    '/run/secrets/mysql_url': 'mysql://user:password@host/name',
  };
  const readFile = (name: string) => files[name] ?? 'secret';

  it('are valid', () => {
    const names = globSync('config/examples/*.env').map((file) => path.basename(file));
    expect(names.length).toBeGreaterThan(1);
    for (const name of names) {
      expect(() => loadConfig({ flags: {}, env: {}, dotEnv: read(name), readFile })).not.toThrow();
    }
    const config = loadConfig({ flags: { CONFIG_FILE: 'sightline.yaml' }, env: {}, dotEnv: null, readFile });
    expect(config.trustedProxies.length).toBeGreaterThan(0);
  });
});
