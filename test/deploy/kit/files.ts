import { readFileSync } from 'node:fs';
import { parse, parseAllDocuments } from 'yaml';

/** A file of the repository, parsed. @throws for YAML that is not well-formed, or has a key twice */
export const yamlFile = <T>(name: string): T => parse(readFileSync(name, 'utf8'), { merge: true }) as T;

/** Every document of a YAML file. */
export function yamlDocuments(name: string): unknown[] {
  return parseAllDocuments(readFileSync(name, 'utf8')).map((document) => {
    if (document.errors.length > 0) throw new Error(`${name}: ${document.errors[0].message}`);
    return document.toJS() as unknown;
  });
}

/** Whether .dockerignore keeps a path out of the build: the last line that matches it, or a folder above it, decides. */
export function isIgnored(file: string, lines: readonly string[]): boolean {
  let ignored = false;
  for (const line of lines
    .map((text) => text.trim())
    .filter((text) => text !== '' && !text.startsWith('#'))) {
    const negated = line.startsWith('!');
    if (matches(file, negated ? line.slice(1) : line)) ignored = !negated;
  }
  return ignored;
}

function matches(file: string, pattern: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*\*\/|\*/g, (glob) => (glob === '*' ? '[^/]*' : '(?:.*/)?'));
  return new RegExp(`^${source}(/|$)`).test(file);
}
