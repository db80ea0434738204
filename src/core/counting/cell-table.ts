import { type CountsByPoint, type CountsJson, Measures } from './cells.js';
import { placeOf } from './counted-records.js';

/** Numbers of a cell: the place of its value, records, errors. */
const WIDTH = 3;
const FIRST_CELLS = 1024;

/**
 * Counts by the points of a series and the values of a dimension, without durations. As numbers in one array: a month by hour and name
 * has a hundred thousand cells, and as objects they would be the garbage of seconds. A point may have several cells of a value, which
 * add up.
 */
export class CellTable implements CountsByPoint {
  private readonly values: string[] = [];
  private readonly places = new Map<string, number>();
  private numbers = new Float64Array(FIRST_CELLS * WIDTH);
  private end = 0;
  /** By point: where runs of its cells begin and end. */
  private readonly runs: number[][];
  private readonly visited = new Measures();

  constructor(points: number) {
    this.runs = Array.from({ length: points }, () => []);
  }

  add(point: number, value: string, n: number, errors: number): void {
    const from = this.end;
    this.push(value, n, errors);
    this.runs[point].push(from, this.end);
  }

  /** Adds what `Cells.countsJson` wrote. */
  mergeCounts(point: number, json: string): void {
    const from = this.end;
    for (const [value, n, errors] of JSON.parse(json) as CountsJson) this.push(value, n, errors);
    this.runs[point].push(from, this.end);
  }

  /** Each visit is given the same object. */
  forEachAt(point: number, visit: (measures: Readonly<Measures>, value: string) => void): void {
    const { numbers, visited } = this;
    const runs = this.runs[point];
    for (let run = 0; run < runs.length; run += 2) {
      for (let at = runs[run]; at < runs[run + 1]; at += WIDTH) {
        visited.n = numbers[at + 1];
        visited.errors = numbers[at + 2];
        visit(visited, this.values[numbers[at]]);
      }
    }
  }

  private push(value: string, n: number, errors: number): void {
    if (this.end === this.numbers.length) this.grow();
    this.numbers[this.end++] = placeOf(value, this.values, this.places);
    this.numbers[this.end++] = n;
    this.numbers[this.end++] = errors;
  }

  private grow(): void {
    const grown = new Float64Array(2 * this.numbers.length);
    grown.set(this.numbers);
    this.numbers = grown;
  }
}
