import { loadConfig } from '../../../src/config/load.js';
import type { Setting } from '../../../src/config/setting.js';
import { settings, type Config } from '../../../src/config/settings.js';

const all = Object.values<Setting<unknown>>(settings);

const namesOf = (wanted: readonly Setting<unknown>[]) =>
  wanted.flatMap(({ env, aliases }) => [env, ...aliases]);

const secrets = namesOf(all.filter(({ secret }) => secret));

/** Whether the server reads this variable: a setting, or the file that holds a secret one. */
export function isSetting(name: string): boolean {
  return namesOf(all).includes(name) || secrets.some((secret) => name === `${secret}_FILE`);
}

export const isSecret = (name: string) => secrets.includes(name);

/** What the server would run with. `files` tells what is in a file. @throws ConfigError for a variable that it refuses */
export function configOf(
  env: Readonly<Record<string, string>>,
  files: (path: string) => string = () => '',
): Config {
  return loadConfig({ flags: {}, env, dotEnv: null, readFile: files });
}
