import { chromium } from 'playwright-core';

/**
 * A headless Chromium that reaches nothing but this machine: whatever a page may ask for elsewhere fails,
 * and so does what Chromium itself would look up (updates, safe browsing).
 */
export function launchBrowser(program) {
  const args = ['--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1', '--force-color-profile=srgb'];
  // Its sandbox refuses to run as root; as anybody else it stays.
  if (process.getuid?.() === 0) args.push('--no-sandbox');
  return chromium.launch({ executablePath: program, headless: true, args });
}
