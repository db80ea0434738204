import type { CreateKeyRequest } from '../../kit/api/schema.js';

export const SCOPES = ['ingest', 'query', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** A form of a new key, as typed. */
export interface KeyForm {
  name: string;
  project: string;
  scopes: readonly Scope[];
  /** Days until it expires; '' for never. */
  expiresInDays: string;
  /** '' for the server's own limit. */
  perMinute: string;
  selfRotate: boolean;
}

export type KeyFormProblems = Partial<Record<keyof KeyForm, string>>;

const DAY_MS = 86_400_000;
const MAX_NAME = 100;
const MAX_DAYS = 36_500;
const PROJECT = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

export function emptyKeyForm(project: string): KeyForm {
  return { name: '', project, scopes: ['ingest'], expiresInDays: '', perMinute: '', selfRotate: false };
}

/** What the server would refuse, by field. */
export function keyFormProblems({
  name,
  project,
  scopes,
  expiresInDays,
  perMinute,
}: KeyForm): KeyFormProblems {
  const problems: KeyFormProblems = {};
  if (name.trim() === '') problems.name = 'Enter a name.';
  else if (name.trim().length > MAX_NAME) problems.name = `Use at most ${MAX_NAME} characters.`;
  if (!PROJECT.test(project))
    problems.project =
      'Use 1 to 64 letters, digits, dots, underscores or hyphens, and start with a letter or digit.';
  if (scopes.length === 0) problems.scopes = 'Choose at least one scope.';
  if (expiresInDays !== '' && !isBetween(Number(expiresInDays), 1, MAX_DAYS)) {
    problems.expiresInDays = `Enter 1 to ${MAX_DAYS} days, or leave this empty.`;
  }
  if (perMinute !== '' && !isBetween(Number(perMinute), 1, 1e9))
    problems.perMinute = 'Enter a number of 1 or more, or leave this empty.';
  return problems;
}

/** The request of a form without problems. */
export function keyRequest(form: KeyForm, nowMs: number): CreateKeyRequest {
  return {
    name: form.name.trim(),
    project: form.project,
    scopes: [...form.scopes],
    ...(form.expiresInDays !== '' && {
      expires_at: new Date(nowMs + Number(form.expiresInDays) * DAY_MS).toISOString(),
    }),
    ...(form.perMinute !== '' && { rate_limit_per_minute: Number(form.perMinute) }),
    ...(form.selfRotate && { self_rotate: true }),
  };
}

function isBetween(value: number, least: number, most: number): boolean {
  return value >= least && value <= most;
}
