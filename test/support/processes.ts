import type { ChildProcess } from 'node:child_process';

const running = new Set<ChildProcess>();
let ofThisTest = new Set<ChildProcess>();

/**
 * Ends a process where its test fails and does not: a server that is left behind takes from the machine what the tests after it need,
 * and holds what they wait for. What `beforeAll` started is there for the tests that follow, and ends with the file at the latest.
 */
export function endAfterTest(child: ChildProcess): void {
  running.add(child);
  ofThisTest.add(child);
  child.once('exit', () => running.delete(child));
}

/** For `setup.ts`. */
export function beginTest(): void {
  ofThisTest = new Set();
}

export const endThoseOfTest = (): Promise<void> => end(ofThisTest);
export const endAll = (): Promise<void> => end(running);

async function end(children: ReadonlySet<ChildProcess>): Promise<void> {
  const left = [...children].filter((child) => running.has(child));
  const exits = left.map((child) => new Promise((resolve) => child.once('exit', resolve)));
  for (const child of left) child.kill('SIGKILL');
  await Promise.all(exits);
}
