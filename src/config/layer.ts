import { createRequire } from 'node:module';
import type { Document } from 'yaml';
import { ConfigError } from './config-error.js';
import type { Setting } from './setting.js';

/** What `CONFIG_FILE` is called as a layer. */
const LAYER = 'configuration file';

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

/** Loaded where there is a file to read: it takes 4 MB of every process, and most have none. */
const yaml = (): typeof import('yaml') => createRequire(import.meta.url)('yaml') as typeof import('yaml');

/** The value of a setting from the first layer that has one; within a layer its own name takes precedence over its aliases. */
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

/**
 * Settings from YAML: a map whose keys are `ENV_NAME`, `env_name` or `env-name`; a list is the same as its items by comma.
 * @param known names in the environment that a key may stand for.
 * @throws ConfigError for YAML that cannot be read, an unknown key, or a setting given twice.
 */
export function yamlLayer(content: string, source: string, known: ReadonlySet<string>): Layer {
  const { isMap, isScalar, parseDocument } = yaml();
  // Scalars are kept as written: the password 0123 is not the number 123.
  const document = parseDocument(content, { schema: 'failsafe', customTags: ['null'] });
  refuseBroken(document, source);
  const values: Record<string, string> = {};
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) {
    return { name: LAYER, values };
  }
  if (!isMap(document.contents)) throw new ConfigError('CONFIG_FILE', source, 'must hold a map of settings');
  const { items } = document.contents;
  refuseUnknown(
    items.map(({ key }) => scalarText(key)),
    known,
  );
  for (const { key, value } of items) {
    const name = envName(scalarText(key));
    if (Object.hasOwn(values, name)) throw new ConfigError(name, LAYER, 'is given twice');
    values[name] = valueText(name, value, document);
  }
  return { name: LAYER, values };
}

// The library's message quotes the line, which may hold a password.
function refuseBroken(document: Document, source: string): void {
  const [error] = document.errors;
  if (!error) return;
  const at = error.linePos ? ` (line ${error.linePos[0].line}, column ${error.linePos[0].col})` : '';
  throw new ConfigError('CONFIG_FILE', source, `names a file that is not valid YAML${at}`);
}

function refuseUnknown(keys: readonly string[], known: ReadonlySet<string>): void {
  const unknown = keys.filter((key) => !known.has(envName(key)));
  if (unknown.length === 0) return;
  const shown = unknown.map((key) => JSON.stringify(key.slice(0, 100)).slice(1, -1));
  throw new ConfigError(
    shown.join(', '),
    LAYER,
    unknown.length === 1 ? 'is not a setting' : 'are not settings',
  );
}

function envName(key: string): string {
  return key.toUpperCase().replaceAll('-', '_');
}

function valueText(name: string, node: unknown, document: Document): string {
  const { isAlias, isScalar, isSeq } = yaml();
  const value = isAlias(node) ? node.resolve(document) : node;
  if (!isSeq(value)) {
    if (isScalar(value) || value === null) return scalarText(value);
    throw new ConfigError(name, LAYER, 'must be a single value or a list');
  }
  if (!value.items.every((item) => isScalar(item)))
    throw new ConfigError(name, LAYER, 'must be a list of single values');
  return value.items.map(scalarText).join(',');
}

function scalarText(node: unknown): string {
  const value = yaml().isScalar(node) ? node.value : node;
  return typeof value === 'string' ? value : '';
}
