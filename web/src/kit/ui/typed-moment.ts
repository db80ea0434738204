/** A moment as it is typed: a date of the calendar, and a time on a clock of 24 hours. */
export interface TypedMoment {
  /** `2026-11-21`, as `<input type="date">` gives it. */
  date: string;
  /** `14:30`; also `4:30` and `1430`. */
  time: string;
}

/** A moment in the browser's zone, to the minute. */
export function typedMoment(ms: number): TypedMoment {
  const moment = new Date(ms);
  const two = (part: number) => String(part).padStart(2, '0');
  return {
    date: `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`,
    time: `${two(moment.getHours())}:${two(moment.getMinutes())}`,
  };
}

/** Milliseconds since 1970; NaN where it is no moment. */
export function readMoment({ date, time }: TypedMoment): number {
  const parts = /^\s*(\d{1,2})[:.]?(\d{2})\s*$/.exec(time);
  return parts ? Date.parse(`${date}T${parts[1].padStart(2, '0')}:${parts[2]}`) : NaN;
}
