import type { RecordError } from '../../http/query/record-schema.js';
import { type Line, LineParser, isBlank } from './line-parser.js';
import type { ParserStart } from './record-parser.js';

const FIELDS = 6;
const METHODS = new Set(['POST', 'GET', 'PATCH', 'PUT', 'DELETE', 'HEAD', 'OPTIONS']);
const STATUS = /^\d{3}$/;
const LATENCY = /^(\d+(?:\.\d+)?)ms$/;

/** `RFC3339 IP METHOD PATH STATUS LATENCYms` */
export function parseLine(line: string): Line {
  const fields = line.trim().split(/\s+/);
  if (fields.length !== FIELDS) {
    const message = `has ${fields.length} fields, not RFC3339 IP METHOD PATH STATUS LATENCYms`;
    return refused('', message, 'format');
  }
  const [timestamp, ip, method, path, status, latency] = fields;
  if (!METHODS.has(method.toUpperCase())) {
    return refused('method', `must be one of ${[...METHODS].join(', ')}`, 'value');
  }
  const latencyMs = LATENCY.exec(latency)?.[1];
  if (latencyMs === undefined)
    return refused('latency_ms', 'must be a number followed by ms, such as 12ms', 'format');
  return {
    value: {
      timestamp,
      ip,
      method,
      path,
      status: STATUS.test(status) ? Number(status) : status,
      latency_ms: Number(latencyMs),
    },
  };
}

function refused(field: string, message: string, type: RecordError['type']): Line {
  return { error: { field, message, type } };
}

/** A text of such lines as POST /upload takes. */
export class LinesParser extends LineParser {
  constructor(start?: ParserStart) {
    super(parseLine, start);
  }
}

/** An element of the array that POST /upload takes; blank lines are passed over. */
export function lineElement(value: unknown): Line | null {
  if (typeof value !== 'string') {
    return { error: { field: '', message: 'must be a string', type: 'type' } };
  }
  return isBlank(value) ? null : parseLine(value);
}
