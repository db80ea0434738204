import type { Browser } from 'playwright-core';

/** A headless Chromium that reaches nothing but this machine. */
export function launchBrowser(program: string): Promise<Browser>;
