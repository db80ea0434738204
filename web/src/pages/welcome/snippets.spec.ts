import { describe, expect, it } from 'vitest';
import { snippets } from './snippets.js';

const texts = (origin: string, key = 'sl_key') =>
  Object.fromEntries(snippets({ origin, key }).map(({ id, text }) => [id, text]));

describe('snippets', () => {
  it('send to the origin of the page, with the key', () => {
    const { nginx, 'fluent-bit': fluentBit, ...others } = texts('https://logs.example:8443');
    for (const text of Object.values(others)) {
      expect(text).toContain('https://logs.example:8443/');
      expect(text).toContain('sl_key');
    }
    expect(fluentBit).toMatch(/host +logs\.example\n +port +8443\n/);
    expect(fluentBit).toContain('X-API-Key sl_key');
    expect(nginx).not.toContain('sl_key');
  });

  it('tell Fluent Bit the port that an origin leaves out, and TLS', () => {
    expect(texts('https://logs.example')['fluent-bit']).toMatch(/port +443\n[^]*tls +on$/);
    expect(texts('http://logs.example')['fluent-bit']).toMatch(/port +80\n(?![^]*tls)/);
    expect(texts('http://[::1]:8080')['fluent-bit']).toMatch(/host +::1\n/);
  });

  it('have ids of their own', () => {
    const ids = snippets({ origin: 'http://a', key: 'k' }).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  // What the curl sends, once the shell is done with it.
  it('send JSON by curl', () => {
    const body = /-d '([^]*)'$/
      .exec(texts('http://a').curl ?? '')?.[1]
      ?.replace(`'"$(date +%s)"'`, '1800000000');
    expect(JSON.parse(body ?? '')).toMatchObject({
      event_id: 'first-1800000000',
      event_name: 'hello_sightline',
    });
  });
});
