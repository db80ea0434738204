import { readFileSync } from 'node:fs';
import { ConfigError } from './config-error.js';
import { loadConfig } from './load.js';
import type { Config } from './settings.js';

/** Reads the settings of this process; the only place that looks into its environment. @throws ConfigError */
export function readConfig(flags: Readonly<Record<string, string | undefined>>): Config {
  return loadConfig({
    flags,
    env: process.env,
    dotEnv: readDotEnv(),
    readFile: (path) => readFileSync(path, 'utf8'),
  });
}

function readDotEnv(): string | null {
  try {
    return readFileSync('.env', 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    if (code === 'ENOENT') return null;
    throw new ConfigError('.env', 'working directory', `cannot be read: ${code}`);
  }
}
