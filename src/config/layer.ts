import { ConfigError } from './config-error.js';
import type { Setting } from './setting.js';

/** One place that settings come from. */
export interface Layer {
  /** As errors call it: `flag`, `environment`, `.env`, `configuration file`. */
  name: string;
  /** Raw values by the setting's name in the environment. */
  values: Readonly<Record<string, string | undefined>>;
}

export interface Given {
  /** The name under which the value was given: the setting's own, an alias, or either with `_FILE`. */
  name: string;
  source: string;
  raw: string;
}

type ReadFile = (path: string) => string;

/** What the first of these layers that has it says of a setting; in one layer its own name goes before its aliases. */
export function findGiven(
  layers: readonly Layer[],
  setting: Setting<unknown>,
  readFile: ReadFile,
): Given | undefined {
  for (const layer of layers) {
    for (const name of [setting.env, ...setting.aliases]) {
      const given = inLayer(layer, name, setting, readFile);
      if (given) return given;
    }
  }
  return undefined;
}

function inLayer(
  layer: Layer,
  name: string,
  setting: Setting<unknown>,
  readFile: ReadFile,
): Given | undefined {
  const raw = valueOf(layer, name, setting.blankCounts);
  const fileName = `${name}_FILE`;
  const path = setting.secret ? valueOf(layer, fileName, false) : undefined;
  if (path === undefined) return raw === undefined ? undefined : { name, source: layer.name, raw };
  if (raw !== undefined) throw new ConfigError(name, layer.name, `cannot be given together with ${fileName}`);
  const content = readNamedFile(fileName, layer.name, path, readFile);
  return { name: fileName, source: layer.name, raw: content.replace(/\r?\n$/, '') };
}

function valueOf(layer: Layer, name: string, blankCounts: boolean): string | undefined {
  const raw = Object.hasOwn(layer.values, name) ? layer.values[name] : undefined;
  return raw === undefined || (raw.trim() === '' && !blankCounts) ? undefined : raw;
}

/** The content of a file that a setting names. @throws ConfigError with the system's code, without the path. */
export function readNamedFile(setting: string, source: string, path: string, readFile: ReadFile): string {
  try {
    return readFile(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new ConfigError(setting, source, `names a file that cannot be read: ${code}`);
  }
}
