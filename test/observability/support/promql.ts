import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { until } from '../../support/until.js';

export interface Rule {
  record?: string;
  alert?: string;
  expr: string;
}

export function rulesIn(file: string): Rule[] {
  const { groups } = parse(readFileSync(file, 'utf8')) as { groups: { rules: Rule[] }[] };
  return groups.flatMap((group) => group.rules);
}

export interface Series {
  metric: Record<string, string>;
  value: [number, string];
}

/** What an expression gives now. */
export async function askPrometheus(url: string, expr: string): Promise<Series[]> {
  const body = new URLSearchParams({ query: expr });
  const answer = await fetch(`${url}/api/v1/query`, { method: 'POST', body });
  const { data, error } = (await answer.json()) as { data?: { result: Series[] }; error?: string };
  if (!data) throw new Error(`${error}: ${expr}`);
  return data.result;
}

/** Asks until there is a number: rules build on rules, which have to be evaluated first. */
export async function numbersOf(url: string, expr: string): Promise<number[]> {
  let found: number[] = [];
  await until(async () => {
    const series = await askPrometheus(url, expr);
    found = series.map(({ value }) => Number(value[1])).filter((value) => !Number.isNaN(value));
    return found.length > 0;
  });
  return found;
}

/** What an alert compares, each by itself; numbers aside. */
export function sidesOf(expr: string): string[] {
  return expr
    .split(/\b(?:and|unless)\b(?: on \([\w, ]+\))?| (?:==|<|>) /)
    .map((side) => side.trim())
    .filter((side) => /[a-z]/.test(side));
}

/** The same over the seconds that there are of it. */
export function inShort(expr: string): string {
  return expr.replace(/ offset \w+/g, '').replace(/\[(?:1d|1h|6h)\]/g, '[1m]');
}
