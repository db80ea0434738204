import type { Page } from 'playwright-core';

/** Chromium reports each failed request on the console too; `watch` judges those by their answers. */
const FAILED_REQUEST = /^Failed to load resource/;

const REPORT_VIOLATIONS = `document.addEventListener('securitypolicyviolation', (event) =>
  console.error('CSP: ' + event.violatedDirective + ' forbids ' + event.blockedURI))`;

export interface Watch {
  /** What must not happen on a page, as far as it happened. */
  problems: string[];
  /** Answers of these are as the test wants them: `401 /api/v1/session`. */
  allow(failure: RegExp): void;
}

/** Notes errors of scripts, errors on the console, breaches of the CSP, failed answers, and requests to anywhere else. */
export async function watch(page: Page, origin: string): Promise<Watch> {
  const problems: string[] = [];
  // Without a session the page learns of it by this answer.
  const allowed = [/^401 \/api\/v1\/session$/];
  await page.addInitScript(REPORT_VIOLATIONS);
  page.on('pageerror', (error) => problems.push(`error: ${error.stack ?? error.message}`));
  page.on('console', (message) => {
    if (message.type() !== 'error' || FAILED_REQUEST.test(message.text())) return;
    problems.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    const url = new URL(request.url());
    const leaves = url.origin !== origin && !['data:', 'blob:'].includes(url.protocol);
    if (leaves) problems.push(`request to ${url.href}`);
  });
  page.on('response', (response) => {
    const failure = `${response.status()} ${new URL(response.url()).pathname}`;
    if (response.status() >= 400 && !allowed.some((one) => one.test(failure))) problems.push(failure);
  });
  return { problems, allow: (failure) => void allowed.push(failure) };
}
