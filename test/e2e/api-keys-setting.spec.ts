import { describe, expect, it } from 'vitest';
import { apiOf } from '../support/api.js';
import { startServer } from '../support/server.js';

describe('API_KEYS', () => {
  it('a wrong API_KEYS ends the start with a line that does not print it', async () => {
    const start = startServer({ env: { API_KEYS: 'ok:default:ingest=fine,a:b=SECRET' } });
    await expect(start).rejects.toThrow(/API_KEYS \(entry 2\) must be/);
    await expect(start).rejects.not.toThrow('SECRET');
  });

  it('a key that can be guessed ends the start where others could use it', async () => {
    const env = { API_KEYS: 'ops:default:admin=change-me', SERVER_HOST: '0.0.0.0' };
    await expect(startServer({ env })).rejects.toThrow(
      /API_KEYS \(entry 1\) has a key that is the placeholder/,
    );
  });

  it('a key that can be guessed is taken on a loopback address, with a warning that does not print it', async () => {
    const key = 'guess3d';
    const lonely = await startServer({ env: { API_KEYS: `ops:default:admin=${key}` } });
    expect((await apiOf({ ...lonely, key }).get('/api/v1/logs/recent')).status).toBe(200);
    const warned = lonely.logs.filter(
      (line) => line.includes('"warn"') && line.includes('API_KEYS (entry 1)'),
    );
    expect([warned.length, warned.join().includes(key)]).toEqual([1, false]);
    await lonely.stop();
  });
});
