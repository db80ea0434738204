import type { QueryRunner } from 'typeorm';

const DIMENSIONS = ['all', 'status', 'method', 'path', 'user_agent', 'ip'];
/** Rows that are read at once: more only where one bucket has more. */
const READ_ROWS = 20_000;
const READ_HISTOGRAMS = 1_000;
/** Characters of a cell of the new table, and of a statement: three bytes each at most, of the 16 MB of max_allowed_packet. */
const PART_CHARS = 500_000;
const STATEMENT_CHARS = 1_000_000;

interface Key {
  project_id: number;
  tier: number;
  bucket: string;
  day: string;
}

interface RollupRow extends Key {
  value: string;
  n: number;
  errors: number;
  timed: number;
  sum: number;
  max: number | null;
}

interface LatencyRow extends Key {
  histogram: Buffer;
}

const KEY = `project_id, tier, cast(bucket as char) as bucket, cast(day as char) as day`;

/** Old rollups, a row a value, into rows of access_packed. Their counts as doubles: bigints would come as texts. */
export async function packRollups(db: QueryRunner): Promise<void> {
  for (const dimension of DIMENSIONS) {
    const from = `access_rollups where dimension = '${dimension}'`;
    const packed = new PackedColumn(db, dimension);
    for await (const rows of stretches<RollupRow>(db, from, READ_ROWS, PARTS_OF_A_CELL)) {
      for (const ofKey of Map.groupBy(rows, idOf).values()) await packed.add(ofKey[0], ofKey.map(cellOf));
    }
    await packed.flush();
  }
}

const PARTS_OF_A_CELL = `convert(value using utf8mb4) as value, n + 0e0 as n, errors + 0e0 as errors, duration_n + 0e0 as timed,
  duration_sum as sum, duration_max as max`;

/** Old histograms, of all entries together. */
export async function packLatency(db: QueryRunner): Promise<void> {
  const packed = new PackedColumn(db, 'all_latency');
  for await (const rows of stretches<LatencyRow>(
    db,
    'access_latency where true',
    READ_HISTOGRAMS,
    'histogram',
  )) {
    for (const row of rows) await packed.add(row, [['', ...binsOf(row.histogram)]]);
  }
  await packed.flush();
}

/** The rows of a table, some whole buckets at a time. */
async function* stretches<Row extends Key>(
  db: QueryRunner,
  from: string,
  most: number,
  columns: string,
): AsyncGenerator<Row[]> {
  const buckets = (await db.query(`
    select project_id, tier, cast(bucket as char) as bucket, count(*) + 0e0 as n from ${from}
    group by project_id, tier, bucket order by project_id, tier, bucket`)) as (Key & { n: number })[];
  for (let at = 0, next: number; at < buckets.length; at = next) {
    const { project_id: project, tier, bucket: first } = buckets[at];
    let rows = buckets[at].n;
    for (next = at + 1; next < buckets.length; next++) {
      const one = buckets[next];
      if (one.project_id !== project || one.tier !== tier || (rows += one.n) > most) break;
    }
    yield (await db.query(
      `select ${KEY}, ${columns} from ${from} and project_id = ? and tier = ? and bucket between ? and ?`,
      [project, tier, first, buckets[next - 1].bucket],
    )) as Row[];
  }
}

function cellOf({ value, n, errors, timed, sum, max }: RollupRow): unknown[] {
  return timed === 0 ? [value, n, errors] : [value, n, errors, timed, sum, max];
}

const PAIR_BYTES = 10;

/** A histogram was a byte, then two bytes of a bin and eight of how often it was hit (a double) for each bin. */
function binsOf(histogram: Buffer): [bins: number[], counts: number[]] {
  const bins: number[] = [];
  const counts: number[] = [];
  for (let at = 1; at < histogram.length; at += PAIR_BYTES) {
    bins.push(histogram.readInt16BE(at));
    counts.push(histogram.readDoubleBE(at + 2));
  }
  return [bins, counts];
}

function idOf({ project_id, tier, bucket, day }: Key): string {
  return `${project_id} ${tier} ${bucket} ${day}`;
}

/** One column of access_packed. */
class PackedColumn {
  private rows: unknown[][] = [];
  private chars = 0;

  constructor(
    private readonly db: QueryRunner,
    private readonly column: string,
  ) {}

  async add({ project_id, tier, bucket, day }: Key, cells: readonly unknown[]): Promise<void> {
    for (const [part, json] of partsOf(cells).entries()) {
      this.rows.push([project_id, tier, bucket, day, part, json]);
      this.chars += json.length;
      if (this.chars >= STATEMENT_CHARS) await this.flush();
    }
  }

  async flush(): Promise<void> {
    if (this.rows.length === 0) return;
    const { column } = this;
    await this.db.query(
      `insert into access_packed (project_id, tier, bucket, day, part, \`${column}\`) values ?
       on duplicate key update \`${column}\` = values(\`${column}\`)`,
      [this.rows],
    );
    this.rows = [];
    this.chars = 0;
  }
}

function partsOf(cells: readonly unknown[]): string[] {
  const parts: string[] = [];
  let part: string[] = [];
  let chars = 0;
  for (const cell of cells) {
    const json = JSON.stringify(cell);
    if (chars > 0 && chars + json.length > PART_CHARS) {
      parts.push(`[${part.join()}]`);
      part = [];
      chars = 0;
    }
    part.push(json);
    chars += json.length;
  }
  return [...parts, `[${part.join()}]`];
}
