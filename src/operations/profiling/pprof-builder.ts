import { Function as PprofFunction, Location, Profile, Sample, StringTable, ValueType } from 'pprof-format';

/** A line of code on a stack. */
export interface Frame {
  name: string;
  /** '' for what has none. */
  file: string;
  /** Where the function begins; 0 where that is not known. */
  startLine: number;
  line: number;
}

/** `['cpu', 'nanoseconds']` */
type Unit = readonly [type: string, unit: string];

export interface ProfileKind {
  sampleTypes: readonly Unit[];
  /** What is sampled, and every how many of it. */
  periodType: Unit;
  period: number;
}

/** One stack and what was counted of it. */
interface Counted {
  locations: number[];
  values: number[];
  process: number | null;
}

/** Adds up samples by their stack into a profile in pprof's format (google/pprof, proto/profile.proto). */
export class PprofBuilder {
  private readonly strings = new StringTable();
  private readonly functions = new Map<string, PprofFunction>();
  private readonly locations = new Map<string, Location>();
  private readonly counted = new Map<string, Counted>();

  constructor(private readonly kind: ProfileKind) {}

  /** The id of a line, for `add`. */
  location({ name, file, startLine, line }: Frame): number {
    const functionKey = `${startLine} ${file} ${name}`;
    let called = this.functions.get(functionKey);
    if (!called) {
      const [named, filename] = [this.strings.dedup(name), this.strings.dedup(file)];
      const id = this.functions.size + 1;
      called = new PprofFunction({ id, name: named, systemName: named, filename, startLine });
      this.functions.set(functionKey, called);
    }
    const key = `${called.id}:${line}`;
    let location = this.locations.get(key);
    if (!location) {
      location = new Location({ id: this.locations.size + 1, line: [{ functionId: called.id, line }] });
      this.locations.set(key, location);
    }
    return Number(location.id);
  }

  /** `locations`: the innermost first. `process` tells apart what several processes did. */
  add(locations: readonly number[], values: readonly number[], process: number | null = null): void {
    const key = `${process} ${locations.join(' ')}`;
    const counted = this.counted.get(key);
    if (!counted) {
      this.counted.set(key, { locations: [...locations], values: [...values], process });
      return;
    }
    for (let i = 0; i < values.length; i++) counted.values[i] += values[i];
  }

  build({ startMs, durationMs }: { startMs: number; durationMs: number }): Profile {
    return new Profile({
      sampleType: this.kind.sampleTypes.map((unit) => this.valueType(unit)),
      sample: [...this.counted.values()].map((counted) => this.sample(counted)),
      location: [...this.locations.values()],
      function: [...this.functions.values()],
      timeNanos: BigInt(Math.round(startMs)) * 1_000_000n,
      durationNanos: Math.round(durationMs * 1e6),
      periodType: this.valueType(this.kind.periodType),
      period: this.kind.period,
      stringTable: this.strings,
    });
  }

  private valueType([type, unit]: Unit): ValueType {
    return new ValueType({ type: this.strings.dedup(type), unit: this.strings.dedup(unit) });
  }

  private sample({ locations, values, process }: Counted): Sample {
    const label =
      process === null
        ? []
        : [{ key: this.strings.dedup('process'), str: this.strings.dedup(String(process)) }];
    return new Sample({ locationId: locations, value: values.map(Math.round), label });
  }
}
