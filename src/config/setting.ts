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

type Traits = Partial<Pick<Setting<unknown>, 'aliases' | 'secret' | 'blankCounts'>>;

/** The common part of the kinds below and of network-setting.ts. */
export function setting<T>(
  env: string,
  fallback: T,
  help: string,
  accepts: string,
  parse: (raw: string) => T,
  traits: Traits = {},
): Setting<T> {
  const none = { aliases: [], secret: false, blankCounts: false };
  return { env, default: fallback, help, accepts, parse, ...none, ...traits };
}

export function text(env: string, fallback: string, help: string): Setting<string> {
  return setting(env, fallback, help, 'text', (raw) => raw);
}

export function secret(env: string, help: string): Setting<string> {
  return setting(env, '', help, 'text', (raw) => raw, { secret: true });
}

export function number(
  env: string,
  fallback: number,
  min: number,
  max: number,
  help: string,
): Setting<number> {
  const accepts = `a number from ${min} to ${max}`;
  return numeric(env, fallback, help, accepts, (value) => value >= min && value <= max);
}

/** A number of which 0 means that there is none. */
export function numberOrOff(
  env: string,
  fallback: number,
  min: number,
  max: number,
  help: string,
): Setting<number> {
  const accepts = `0, or a number from ${min} to ${max}`;
  return numeric(env, fallback, help, accepts, (value) => value === 0 || (value >= min && value <= max));
}

function numeric(
  env: string,
  fallback: number,
  help: string,
  accepts: string,
  fits: (value: number) => boolean,
): Setting<number> {
  return setting(env, fallback, help, accepts, (raw) => {
    const value = raw.trim() === '' ? NaN : Number(raw);
    if (!fits(value)) throw new Error(`must be ${accepts}`);
    return value;
  });
}

export function int(
  env: string,
  fallback: number,
  min: number,
  max: number,
  help: string,
  aliases: readonly string[] = [],
): Setting<number> {
  const accepts = `a whole number from ${min} to ${max}`;
  const parse = (raw: string) => {
    const value = /^\s*-?\d+\s*$/.test(raw) ? Number(raw) : NaN;
    if (!(value >= min && value <= max)) throw new Error(`must be ${accepts}`);
    return value;
  };
  return setting(env, fallback, help, accepts, parse, { aliases });
}

const UNIT_S: Record<string, number> = { '': 1, ms: 0.001, s: 1, m: 60, h: 3600 };

/** Seconds; a unit as Go servers write it (`500ms`, `30s`, `2m`) is understood too. */
export function seconds(
  env: string,
  fallback: number,
  min: number,
  max: number,
  help: string,
  aliases: readonly string[] = [],
): Setting<number> {
  const accepts = `seconds from ${min} to ${max}`;
  const parse = (raw: string) => {
    const match = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h|)\s*$/.exec(raw);
    const value = match ? Number(match[1]) * UNIT_S[match[2]] : NaN;
    if (!(value >= min && value <= max)) throw new Error(`must be ${accepts}`);
    return value;
  };
  return setting(env, fallback, help, accepts, parse, { aliases });
}

export function bool(env: string, fallback: boolean, help: string): Setting<boolean> {
  return setting(env, fallback, help, 'true|false', (raw) => {
    const word = raw.trim().toLowerCase();
    if (['1', 'true', 'yes', 'on'].includes(word)) return true;
    if (['0', 'false', 'no', 'off'].includes(word)) return false;
    throw new Error('must be true or false');
  });
}

/** `synonyms`: other words for some of `words`. */
export function choice<const T extends string>(
  env: string,
  fallback: T,
  words: readonly T[],
  help: string,
  synonyms: Readonly<Record<string, T>> = {},
): Setting<T> {
  const known = new Map<string, T>([
    ...words.map((word) => [word, word] as const),
    ...Object.entries(synonyms),
  ]);
  const all = [...known.keys()];
  return setting<T>(env, fallback, help, all.join('|'), (raw) => {
    const word = known.get(raw.trim().toLowerCase());
    if (word === undefined) throw new Error(`must be one of ${all.join(', ')}`);
    return word;
  });
}

/** Words by comma; where `words` is given, only those. */
export function list<T extends string>(
  env: string,
  fallback: readonly T[],
  words: readonly T[] | null,
  help: string,
): Setting<readonly T[]> {
  const accepts = words ? `a comma-separated list of ${words.join(', ')}` : 'a comma-separated list';
  const parse = (raw: string) => {
    const items = splitList(raw) as T[];
    if (words && items.some((item) => !words.includes(item))) {
      throw new Error(`must be ${accepts}`);
    }
    return items;
  };
  return setting<readonly T[]>(env, fallback, help, accepts, parse, { blankCounts: true });
}

export function splitList(raw: string): string[] {
  return raw
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
