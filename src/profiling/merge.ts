import type { Profile } from 'pprof-format';
import type { PprofBuilder } from './pprof-builder.js';

/** Adds the samples of a profile of the same kind, as those of this process. */
export function mergeInto(builder: PprofBuilder, profile: Profile, process: number): void {
  const { strings } = profile.stringTable;
  const functions = new Map(profile.function.map((one) => [Number(one.id), one]));
  const locations = new Map(
    profile.location.map(({ id, line: [{ functionId, line }] }) => {
      const { name, filename, startLine } = functions.get(Number(functionId))!;
      const frame = { name: strings[Number(name)], file: strings[Number(filename)] };
      const lines = { startLine: Number(startLine), line: Number(line) };
      return [Number(id), builder.location({ ...frame, ...lines })];
    }),
  );
  for (const { locationId, value } of profile.sample) {
    builder.add(
      locationId.map((id) => locations.get(Number(id))!),
      value.map(Number),
      process,
    );
  }
}
