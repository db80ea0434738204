import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { anEvent } from '../support/api.js';
import { useDashboard } from './support/dashboard.js';
import { untilLoaded } from './support/loaded.js';
import { postEntries, postEvents } from './support/records.js';

/** Names as somebody sends them who wants a page to run them, or to read them backwards. */
const HOSTILE = [
  '<img src=x onerror=globalThis.hacked=1>',
  '</script><script>globalThis.hacked=1</script>',
  '"\'><svg onload=globalThis.hacked=1>',
  '\u202egnp.exe\u2066 \u200f(שלום)',
  'javascript:globalThis.hacked=1',
  '{{7*7}} ${7*7} &lt;b&gt; %s',
  ' \u3164pay\u200bment\u00ad \ufeffa\u2028b\u{e0041}',
];

/** As the pages write them: what nobody would see by its code. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Default_Ignorable_Code_Point}]|^ /gu;
const written = (text: string) =>
  text.replace(UNSEEN, (char) => `U+${char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`);
const titled = (text: string) => written(text).replaceAll(/U\+[0-9A-F]{4,6}/g, '[$&]');

const dashboard = useDashboard({
  seed: async (api) => {
    const events = HOSTILE.map((text) =>
      anEvent({
        event_id: text,
        event_name: text,
        user_id: text,
        session_id: text,
        app_version: text,
        properties: { [text]: text, duration_ms: 5, tags: { provider: text }, __proto__: text },
        device_info: { [text]: [text] },
      }),
    );
    await postEvents(api, events);
    const timestamp = new Date().toISOString();
    await postEntries(
      api,
      HOSTILE.map((text) => ({
        timestamp,
        ip: '203.0.113.9',
        path: text,
        user_agent: text,
        status: 500,
        method: 'GET',
      })),
    );
    for (const name of HOSTILE) await api.post('/api/v1/keys', { name, scopes: ['query'] });
  },
});

/** Each of the texts stands there as text, in a frame of its own direction, and nothing of it has run. */
async function expectText(page: Page, where: Locator): Promise<void> {
  for (const text of HOSTILE) {
    await where
      .locator('bdi')
      .filter({ hasText: written(text) })
      .first()
      .waitFor();
  }
  await expectNothingUnseen(page);
  await expectNothingRan(page);
}

/** No text of the page, no tooltip and no accessible name has a character that nobody sees. */
async function expectNothingUnseen(page: Page): Promise<void> {
  const found = await page.evaluate<string[]>(`(() => {
    const texts = [];
    const all = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    while (all.nextNode()) {
      const { currentNode: node } = all;
      if (node.nodeType === Node.TEXT_NODE) texts.push(node.data);
      else for (const name of ['title', 'aria-label', 'label']) texts.push(node.getAttribute(name) ?? '');
    }
    return texts;
  })()`);
  const isUnseen = (text: string) =>
    !/^[\n ]*$/.test(text) && /[\p{Cc}\p{Cf}\p{Zl}\p{Default_Ignorable_Code_Point}]/u.test(text);
  expect(found.filter(isUnseen)).toEqual([]);
}

async function expectNothingRan(page: Page): Promise<void> {
  const found = await page.evaluate<unknown[]>(
    `[globalThis.hacked, document.querySelectorAll('img[src="x"], svg[onload], [onerror], [href^="javascript:"]').length]`,
  );
  expect(found).toEqual([undefined, 0]);
}

describe('hostile names stay text', () => {
  it.each(['Top events', 'App versions', 'Providers'])('on Overview: %s', async (name) => {
    const page = await dashboard.visit('/');
    await untilLoaded(page, 'Overview');
    await expectText(page, page.getByRole('table', { name }));
  });

  it('on Audit', async () => {
    const page = await dashboard.visit('/audit');
    await untilLoaded(page, 'Audit');
    await expectText(page, page.getByRole('table', { name: 'Audit log' }));
  });

  it.each(['Paths', 'User agents'])('on Access: %s', async (name) => {
    const page = await dashboard.visit('/access');
    await untilLoaded(page, 'Access');
    await expectText(page, page.getByRole('table', { name }));
  });

  it('on Explore, in rows, in JSON, as filters, and in the address bar', async () => {
    const page = await dashboard.visit(
      `/explore?${new URLSearchParams({ event_name: HOSTILE[0] }).toString()}`,
    );
    await untilLoaded(page, 'Explore');
    expect(await page.getByLabel('Event name').inputValue()).toBe(HOSTILE[0]);
    await page.getByRole('button', { name: /^Remove event_name/ }).click();
    const table = page.getByRole('table', { name: 'Events' });
    await expectText(page, table);
    for (const text of HOSTILE) {
      await table
        .getByRole('row')
        .filter({ hasText: written(text) })
        .getByRole('button')
        .first()
        .click();
      const whole = page.getByRole('group', { name: `Event ${titled(text)}`, exact: true });
      expect(JSON.parse(await whole.innerText())).toMatchObject({
        event_name: text,
        device_info: { [text]: [text] },
      });
    }
    await expectNothingUnseen(page);
    await expectNothingRan(page);
    await table.getByTitle(`Show only events with user_id = ${HOSTILE[1]}`).first().click();
    await page.waitForURL(/user_id=/);
    await page.getByText('1 of 1, as of').waitFor();
    await expectNothingRan(page);
  });

  it('on Live, and on System', async () => {
    const page = await dashboard.visit('/live');
    await page.getByText('Waiting for events').waitFor();
    await postEvents(
      dashboard.api,
      HOSTILE.map((text) => anEvent({ event_name: text, user_id: text })),
    );
    await expectText(page, page.getByRole('table', { name: 'Newest events' }));
    await page.goto(`${dashboard.server.url}/system`);
    await untilLoaded(page, 'System');
    await expectText(page, page.getByRole('table', { name: 'Keys' }));
    await page
      .getByRole('table', { name: 'Keys' })
      .getByRole('button', { name: `Revoke ${titled(HOSTILE[3])}` })
      .click();
    await page
      .getByRole('dialog')
      .locator('bdi')
      .filter({ hasText: written(HOSTILE[3]) })
      .waitFor();
    await expectNothingUnseen(page);
    await expectNothingRan(page);
  });

  it('in an address that somebody else made', async () => {
    const [text] = HOSTILE;
    const hostile = new URLSearchParams({
      project: text,
      range: text,
      from: text,
      to: text,
      event_type: text,
      'prop.<b>': text,
      action: text,
      actor: text,
    });
    dashboard.allow(/^40[0-9] /);
    for (const path of ['/', '/explore', '/access', '/live', '/audit', '/dead-letters']) {
      const page = await dashboard.visit(`${path}?${hostile.toString()}`);
      await page.locator('main:not([aria-busy="true"])').waitFor();
      await expectNothingRan(page);
    }
  });
});
