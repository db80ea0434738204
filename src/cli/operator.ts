import { userInfo } from 'node:os';
import type { Actor } from '../core/ports/audit.js';

/** Who runs a command, for the audit log. */
export function operator(): Actor {
  return { kind: 'cli', key: null, user: userName(), address: null };
}

// A container may run under a user id without a name.
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
