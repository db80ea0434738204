/** One setting: how it is called, read and explained. `parse` throws a plain Error whose message never holds the value. */
export interface Setting<T> {
  env: string;
  /** Names that people bring from other servers: understood in the environment and in YAML. */
  aliases: readonly string[];
  help: string;
  default: T;
  secret: boolean;
  /** Shown in help and docs: `a whole number from 1 to 1000`, `off|errors|all`. */
  accepts: string;
  /** For a list, blank is a value (none); for all others it is the same as not given. */
  blankCounts: boolean;
  parse(raw: string): T;
}

/** What is told of a setting beside its name, its default and its bounds. */
export type Told = Pick<Setting<unknown>, 'help'>;
type Aliased = Told & Partial<Pick<Setting<unknown>, 'aliases'>>;
type Traits = Aliased & Partial<Pick<Setting<unknown>, 'secret' | 'blankCounts'>>;

type Bounds = readonly [min: number, max: number];

/** The common part of the kinds below and of network-setting.ts. */
export function setting<T>(
  env: string,
  fallback: T,
  accepts: string,
  parse: (raw: string) => T,
  told: Traits,
): Setting<T> {
  return { env, default: fallback, accepts, parse, aliases: [], secret: false, blankCounts: false, ...told };
}

export function text(env: string, fallback: string, told: Told): Setting<string> {
  return setting(env, fallback, 'text', (raw) => raw, told);
}

export function secret(env: string, told: Told): Setting<string> {
  return setting(env, '', 'text', (raw) => raw, { ...told, secret: true });
}

export function number(env: string, fallback: number, [min, max]: Bounds, told: Told): Setting<number> {
  const accepts = `a number from ${min} to ${max}`;
  return numeric(env, fallback, accepts, readNumber, (value) => value >= min && value <= max, told);
}

/** A number of which 0 means that there is none. */
export function numberOrOff(env: string, fallback: number, [min, max]: Bounds, told: Told): Setting<number> {
  const accepts = `0, or a number from ${min} to ${max}`;
  const fits = (value: number) => value === 0 || (value >= min && value <= max);
  return numeric(env, fallback, accepts, readNumber, fits, told);
}

export function int(env: string, fallback: number, [min, max]: Bounds, told: Aliased): Setting<number> {
  const accepts = `a whole number from ${min} to ${max}`;
  const read = (raw: string) => (/^\s*-?\d+\s*$/.test(raw) ? Number(raw) : NaN);
  return numeric(env, fallback, accepts, read, (value) => value >= min && value <= max, told);
}

/** Seconds; a unit as Go servers write it (`500ms`, `30s`, `2m`) is understood too. */
export function seconds(env: string, fallback: number, [min, max]: Bounds, told: Aliased): Setting<number> {
  const accepts = `seconds from ${min} to ${max}`;
  return numeric(env, fallback, accepts, readSeconds, (value) => value >= min && value <= max, told);
}

/** `read` gives NaN for what is no number. */
function numeric(
  env: string,
  fallback: number,
  accepts: string,
  read: (raw: string) => number,
  fits: (value: number) => boolean,
  told: Aliased,
): Setting<number> {
  const parse = (raw: string) => {
    const value = read(raw);
    if (!fits(value)) throw new Error(`must be ${accepts}`);
    return value;
  };
  return setting(env, fallback, accepts, parse, told);
}

function readNumber(raw: string): number {
  return raw.trim() === '' ? NaN : Number(raw);
}

const UNIT_S: Record<string, number> = { '': 1, ms: 0.001, s: 1, m: 60, h: 3600 };

function readSeconds(raw: string): number {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h|)\s*$/.exec(raw);
  return match ? Number(match[1]) * UNIT_S[match[2]] : NaN;
}

export function bool(env: string, fallback: boolean, told: Told): Setting<boolean> {
  const parse = (raw: string) => {
    const word = raw.trim().toLowerCase();
    if (['1', 'true', 'yes', 'on'].includes(word)) return true;
    if (['0', 'false', 'no', 'off'].includes(word)) return false;
    throw new Error('must be true or false');
  };
  return setting(env, fallback, 'true|false', parse, told);
}

/** `synonyms`: other words for some of `words`. */
export function choice<const T extends string>(
  env: string,
  fallback: T,
  words: readonly T[],
  { synonyms = {}, ...told }: Told & { synonyms?: Readonly<Record<string, T>> },
): Setting<T> {
  const known = new Map<string, T>([
    ...words.map((word) => [word, word] as const),
    ...Object.entries(synonyms),
  ]);
  const all = [...known.keys()];
  const parse = (raw: string) => {
    const word = known.get(raw.trim().toLowerCase());
    if (word === undefined) throw new Error(`must be one of ${all.join(', ')}`);
    return word;
  };
  return setting<T>(env, fallback, all.join('|'), parse, told);
}

/** Words by comma; where `words` is given, only those. */
export function list<T extends string>(
  env: string,
  fallback: readonly T[],
  words: readonly T[] | null,
  told: Told,
): Setting<readonly T[]> {
  const accepts = words ? `a comma-separated list of ${words.join(', ')}` : 'a comma-separated list';
  const parse = (raw: string) => {
    const items = splitList(raw) as T[];
    if (words && items.some((item) => !words.includes(item))) throw new Error(`must be ${accepts}`);
    return items;
  };
  return setting<readonly T[]>(env, fallback, accepts, parse, { ...told, blankCounts: true });
}

export function splitList(raw: string): string[] {
  return raw
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
