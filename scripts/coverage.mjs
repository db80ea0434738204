// What `npm run coverage` counts beside Vitest: the processes of the build that tests start.
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import coverages from '@bcoe/v8-coverage';
import { convert } from 'ast-v8-to-istanbul';
import istanbul from 'istanbul-lib-coverage';
import report from 'istanbul-lib-report';
import reports from 'istanbul-reports';
import { parseAst } from 'vite';

const REPORTERS = ['text', 'lcov', 'json'];
const COLLECT_MS = 5_000;
/** Of a process's thousand modules these are ours. */
const OURS = `${pathToFileURL(path.resolve('dist/src'))}/`;

/**
 * V8 writes what a process has run as it ends (NODE_V8_COVERAGE is `dir`): one that is killed is not counted. Some megabytes
 * each, hundreds of them: they are summed up while tests go on.
 */
export class ProgramCoverage {
  dir = mkdtempSync(path.join(tmpdir(), 'sightline-coverage-'));
  #sum = { result: [] };
  #timer = setInterval(() => this.#collect(), COLLECT_MS);

  /** Adds it to what Vitest has written into `directory`, prints the whole and writes it there. */
  async report(directory) {
    this.#collect();
    const coverageMap = istanbul.createCoverageMap({});
    const ofVitest = path.join(directory, 'coverage-final.json');
    if (existsSync(ofVitest)) coverageMap.merge(byLines(JSON.parse(readFileSync(ofVitest, 'utf8'))));
    const known = new Set(coverageMap.files());
    for (const script of this.#sum.result) {
      const converted = await bySource(script);
      // What Vitest leaves out (types, specs) stays out.
      converted.filter((file) => known.has(file));
      coverageMap.merge(converted);
    }
    const context = report.createContext({ dir: directory, coverageMap });
    for (const name of REPORTERS) reports.create(name).execute(context);
  }

  stop() {
    clearInterval(this.#timer);
    rmSync(this.dir, { recursive: true, force: true });
  }

  #collect() {
    for (const name of readdirSync(this.dir)) {
      const file = path.join(this.dir, name);
      const written = parsed(readFileSync(file, 'utf8'));
      if (!written) continue;
      rmSync(file);
      const result = written.result.filter(({ url }) => url.startsWith(OURS));
      this.#sum = coverages.mergeProcessCovs([this.#sum, { result }]);
    }
  }
}

/** Undefined while it is being written. */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** By lines of the TypeScript that a script was compiled from. */
async function bySource({ url, functions }) {
  const file = fileURLToPath(url);
  const code = readFileSync(file, 'utf8');
  const sourceMap = JSON.parse(readFileSync(`${file}.map`, 'utf8'));
  return istanbul.createCoverageMap(
    byLines(await convert({ code, sourceMap, ast: parseAst(code), coverage: { url, functions } })),
  );
}

/** Vite and tsc leave different columns where something ends, and where a function begins: without them both name the same. */
function byLines(files) {
  const endless = ({ end }) => (end.column = null);
  for (const { statementMap, branchMap, fnMap } of Object.values(files)) {
    Object.values(statementMap).forEach(endless);
    Object.values(branchMap).forEach(({ loc, locations }) => [loc, ...locations].forEach(endless));
    for (const { loc } of Object.values(fnMap)) [loc.start.column, loc.end.column] = [0, null];
  }
  return files;
}
