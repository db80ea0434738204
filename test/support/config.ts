import { loadConfig } from '../../src/config/load.js';
import type { Config } from '../../src/config/settings.js';

/** The settings of a server with this environment and nothing else. */
export function configOf(env: Record<string, string> = {}): Config {
  const readFile = (path: string): string => {
    throw Object.assign(new Error(path), { code: 'ENOENT' });
  };
  return loadConfig({ flags: {}, env, dotEnv: null, readFile });
}
