import fc from 'fast-check';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../config/load.js';
import { databaseUrl } from './database-url.js';

const urlOf = (env: Record<string, string>) =>
  databaseUrl(loadConfig({ flags: {}, env, dotEnv: null, readFile: () => '' }));

/** What pg makes of these settings, without connecting. */
function clientOf(env: Record<string, string>) {
  const { host, port, user, password, database } = new pg.Client(urlOf(env) ?? '');
  return { host, port, user, password, database };
}

describe('databaseUrl', () => {
  it('is null for the embedded database', () => {
    expect(urlOf({})).toBeNull();
  });

  it('hands every user and password through', () => {
    const word = fc
      .string({ minLength: 1, unit: 'grapheme' })
      .filter((text) => text.trim() !== '' && text.isWellFormed());
    fc.assert(
      fc.property(word, word, (user, password) => {
        const env = { DB_HOST: 'h', DB_PORT: '1', DB_NAME: 'd', DB_USER: user, DB_PASSWORD: password };
        expect(clientOf(env)).toEqual({ host: 'h', port: 1, user, password, database: 'd' });
      }),
    );
  });

  it('reaches IPv6 addresses and sockets', () => {
    expect(clientOf({ DB_HOST: '::1' })).toMatchObject({ host: '::1', port: 5432, database: 'sightline' });
    expect(clientOf({ DB_HOST: '/run/pg' })).toMatchObject({ host: '/run/pg', user: 'sightline' });
  });

  it.each([
    [{ DB_HOST: 'h' }, 'postgres://sightline@h:5432/sightline?sslmode=disable'],
    [
      { DB_HOST: 'h', DB_SSL_MODE: 'require' },
      'postgres://sightline@h:5432/sightline?sslmode=require&uselibpqcompat=true',
    ],
    [
      { DB_HOST: 'h', DB_SSL_MODE: 'verify-full' },
      'postgres://sightline@h:5432/sightline?sslmode=verify-full',
    ],
    [
      { DB_HOST: 'h', DB_SSL_MODE: 'verify-ca', DB_SSL_ROOT_CERT: '/ca.pem' },
      'postgres://sightline@h:5432/sightline?sslmode=verify-ca&sslrootcert=%2Fca.pem&uselibpqcompat=true',
    ],
    [{ DATABASE_URL: 'postgres://h/d' }, 'postgres://h/d'],
    [
      { DATABASE_URL: 'postgres://h/d?sslmode=require' },
      'postgres://h/d?sslmode=require&uselibpqcompat=true',
    ],
    [{ DATABASE_URL: 'postgres://h/d?sslmode=verify-ca' }, 'postgres://h/d?sslmode=verify-ca'],
  ])('gives TLS the meaning that psql gives it: %o', (env, url) => {
    expect(urlOf(env)).toBe(url);
  });
});
