import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { KeyFile } from '../../auth/key-file.js';
import type { Config } from '../../config/settings.js';
import type { AccessShares } from '../../samples/access/access-maker.js';
import { dataDirOf } from '../open-database.js';
import { ACCESS_FORMATS, type AccessFormat } from './access/access-batch.js';
import type { RunOptions } from './run.js';
import type { TrafficOptions } from './traffic.js';

/** Options of the command line, as commander names them. */
export interface GenerateOptions {
  target?: URL;
  key?: string;
  keyFile?: string;
  kind: 'events' | 'access';
  format: AccessFormat;
  rps: number;
  batch: number;
  connections: number;
  count?: number;
  duration?: number;
  devices: number;
  bad?: number;
  clientErrors?: number;
  serverErrors: number;
  resend: number;
  seed?: number;
  json?: boolean;
}

const MAX_SEED = 2 ** 47;
const whole = (min: number, max: number) => parser(min, max, true);
const share = parser(0, 1, false);

export function addOptions(command: Command): void {
  const options: Option[] = [
    new Option('--target <url>', 'server to send to (default: this machine, on PORT)').argParser(url),
    new Option('--key <key>', 'API key with the scope ingest').conflicts('keyFile'),
    new Option('--key-file <file>', 'file that holds the key (default: api-key in DATA_DIR, if it is there)'),
    new Option('--kind <kind>', 'what to send').choices(['events', 'access']).default('events'),
    new Option('--format <format>', 'how access entries are sent (json: one per request; lines: to /upload)')
      .choices(ACCESS_FORMATS)
      .default('array'),
    new Option('--rps <n>', 'records per second (0: as fast as the server accepts them)').argParser(
      parser(0, 10_000_000, false),
    ),
    new Option('--batch <n>', 'records per request (1: one event at a time)').argParser(whole(1, 100_000)),
    new Option('--connections <n>', 'concurrent requests').argParser(whole(1, 10_000)),
    new Option('--count <n>', 'stop after this many records').argParser(whole(1, Number.MAX_SAFE_INTEGER)),
    new Option('--duration <seconds>', 'stop after this long').argParser(parser(0.001, 1e9, false)),
    new Option('--devices <n>', 'number of devices, or of returning visitors').argParser(
      whole(1, 10_000_000),
    ),
    new Option('--bad <share>', 'share of invalid records, 0 to 1').argParser(share),
    new Option(
      '--client-errors <share>',
      'share of access entries with a status of 4xx (default: 0.05); for events, the same as --bad',
    ).argParser(share),
    new Option(
      '--server-errors <share>',
      'share of access entries with a status of 5xx, or of events of type error',
    ).argParser(share),
    new Option('--resend <share>', 'share of events that are deliberately sent twice').argParser(share),
    new Option('--seed <n>', 'the same seed makes the same events, except for their times').argParser(
      whole(0, MAX_SEED),
    ),
    new Option('--json', 'print the ledger as JSON, and nothing else'),
  ];
  for (const option of options) {
    const fallback = DEFAULTS[option.attributeName()];
    command.addOption(fallback === undefined ? option : option.default(fallback));
  }
}

// Within the rate limit that a server has by default.
const DEFAULTS: Record<string, number> = {
  rps: 100,
  batch: 50,
  connections: 4,
  devices: 1000,
  serverErrors: 0.03,
  resend: 0,
};

/** @throws ConfigError, and an Error of the system where the key cannot be read. */
export async function runOptions(options: GenerateOptions, config: Config): Promise<RunOptions> {
  const scheme = config.tlsCertFile === '' ? 'http' : 'https';
  return {
    target: options.target ?? new URL(`${scheme}://127.0.0.1:${config.port}`),
    key: await keyOf(options, config),
    rps: options.rps,
    batch: options.batch,
    connections: options.connections,
    count: options.count ?? Infinity,
    durationMs: (options.duration ?? Infinity) * 1000,
    seed: options.seed ?? randomInt(MAX_SEED),
  };
}

/** What `--kind events` makes. @throws InvalidArgumentError for options that exclude each other */
export function trafficOptions(options: GenerateOptions, seed: number): TrafficOptions {
  const { bad, clientErrors, resend, serverErrors, devices } = options;
  if (bad !== undefined && clientErrors !== undefined) {
    throw new InvalidArgumentError(
      '--bad and --client-errors mean the same for events: use only one of them',
    );
  }
  const badShare = bad ?? clientErrors ?? 0;
  if (badShare + resend > 1) {
    throw new InvalidArgumentError(
      '--bad and --resend are shares of the same events: together they must not exceed 1',
    );
  }
  return { seed, devices, badShare, copyShare: resend, errorShare: serverErrors };
}

const CLIENT_ERRORS = 0.05;

/** What `--kind access` makes. @throws InvalidArgumentError for options that exclude each other */
export function accessShares(options: GenerateOptions, seed: number): AccessShares {
  const { bad = 0, clientErrors = CLIENT_ERRORS, serverErrors, devices, resend } = options;
  if (resend > 0) throw new InvalidArgumentError('--resend is for events only: access entries have no id');
  if (clientErrors + serverErrors > 1) {
    throw new InvalidArgumentError(
      '--client-errors and --server-errors are shares of the same entries: together they must not exceed 1',
    );
  }
  return {
    seed,
    visitors: devices,
    badShare: bad,
    clientErrorShare: clientErrors,
    serverErrorShare: serverErrors,
  };
}

/** Refusals that an answer lists by index: with more of them in a request, not each could be accounted for. */
const MOST_LISTED = 1000;

/** Entries of a request. */
export function accessBatch({ format, batch, bad = 0 }: GenerateOptions): number {
  if (format === 'json') return 1;
  return bad > 0 ? Math.min(batch, MOST_LISTED) : batch;
}

async function keyOf({ key, keyFile }: GenerateOptions, config: Config): Promise<string | null> {
  if (key !== undefined) return key;
  if (keyFile !== undefined) return (await readFile(keyFile, 'utf8')).trim();
  return new KeyFile(await dataDirOf(config)).read();
}

function parser(min: number, max: number, isWhole: boolean): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? NaN : Number(text);
    if (value >= min && value <= max && (!isWhole || Number.isInteger(value))) return value;
    throw new InvalidArgumentError(`It must be a ${isWhole ? 'whole ' : ''}number from ${min} to ${max}.`);
  };
}

function url(text: string): URL {
  const target = URL.parse(text);
  if (target && /^https?:$/.test(target.protocol)) return target;
  throw new InvalidArgumentError('It must be an address such as http://127.0.0.1:8080.');
}
