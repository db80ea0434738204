import type { Runtime } from 'node:inspector';
import { fileURLToPath } from 'node:url';
import type { Frame } from './pprof-builder.js';

/** The place that V8 names; with the function's first line where no other is known. Lines count from 1. */
export function frameOf(call: Runtime.CallFrame, line?: number): Frame {
  const startLine = call.lineNumber + 1;
  return { name: nameOf(call), file: fileOf(call.url), startLine, line: line ?? startLine };
}

// Else pprof would add up all functions without a name of a file.
function nameOf({ functionName, lineNumber, columnNumber }: Runtime.CallFrame): string {
  return functionName || `(anonymous:${lineNumber + 1}:${columnNumber + 1})`;
}

function fileOf(url: string): string {
  return url.startsWith('file:') ? fileURLToPath(url) : url;
}
