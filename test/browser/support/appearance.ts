import type { Page } from 'playwright-core';

/** Notes, from now on, at what moment each of these texts was first on the page. */
export async function noteAppearances(page: Page, texts: readonly string[]): Promise<void> {
  await page.evaluate(`(() => {
    const seen = (globalThis.appearances = {});
    const look = () => {
      for (const text of ${JSON.stringify(texts)}) if (!(text in seen) && document.body.textContent.includes(text)) seen[text] = Date.now();
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
  })()`);
}

/** When a text was first there, in milliseconds since 1970; waits for it. */
export async function appearedAtMs(page: Page, text: string): Promise<number> {
  // A function, not a text: the page's policy forbids eval.
  const handle = await page.waitForFunction(
    (wanted) => (globalThis as unknown as { appearances: Record<string, number> }).appearances[wanted],
    text,
  );
  return handle.jsonValue();
}
