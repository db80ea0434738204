import { AsyncLocalStorage } from 'node:async_hooks';
import type { LoggerService } from '@nestjs/common';
import pino from 'pino';

const STDOUT = 1;
/** Buffer for lines that cannot be written yet. */
const MAX_UNWRITTEN_BYTES = 1_048_576;

/** The request that the running code works for: its id stands on every log line. */
export const requestContext = new AsyncLocalStorage<{ requestId: string }>();

/** JSON lines on stdout, each with the id of the request that it belongs to. */
export function createLogger(level: string): pino.Logger {
  // With a closed terminal or a full disk the server continues, or stops cleanly, without its log.
  const output = pino.destination({ dest: STDOUT, sync: true, maxLength: MAX_UNWRITTEN_BYTES });
  output.on('error', () => undefined);
  const options: pino.LoggerOptions = {
    level,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    mixin: () => {
      const context = requestContext.getStore();
      return context ? { request_id: context.requestId } : {};
    },
  };
  return pino(options, output);
}

/** Nest's logger over pino: `new Logger(Name.name)` anywhere in the server ends here. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: pino.Logger) {}

  // Nest's own start-up lines (one a route and module) are of use to its developers only.
  log(message: unknown, ...rest: unknown[]): void {
    const own = NEST_CONTEXTS.has(String(rest.at(-1)));
    this.write(own ? 'debug' : 'info', message, rest);
  }

  error = (message: unknown, ...rest: unknown[]) => this.write('error', message, rest);
  warn = (message: unknown, ...rest: unknown[]) => this.write('warn', message, rest);
  debug = (message: unknown, ...rest: unknown[]) => this.write('debug', message, rest);
  verbose = (message: unknown, ...rest: unknown[]) => this.write('trace', message, rest);
  fatal = (message: unknown, ...rest: unknown[]) => this.write('fatal', message, rest);

  // Nest puts the context last, and for errors a stack before it.
  private write(level: pino.Level, message: unknown, rest: unknown[]): void {
    const context = rest.at(-1);
    const stack = level === 'error' && rest.length > 1 ? rest[0] : undefined;
    const err = message instanceof Error ? message : undefined;
    this.logger[level]({ context, stack, err }, err ? err.message : String(message));
  }
}

const NEST_CONTEXTS = new Set([
  'InstanceLoader',
  'RouterExplorer',
  'RoutesResolver',
  'NestFactory',
  'NestApplication',
]);
