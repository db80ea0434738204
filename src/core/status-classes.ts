export const STATUS_CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx', 'none'] as const;
export type StatusClass = (typeof STATUS_CLASSES)[number];

/** How many entries have a status of each class; `none`: no status at all. */
export type StatusCounts = Record<StatusClass, number>;

/** Entries of one point of a series, from 1, whose status begins with a digit ('' for those without one). */
export interface StatusPart {
  point: number;
  digit: string;
  n: number;
}

/** The counts of each of `points` points. */
export function statusCounts(points: number, parts: readonly StatusPart[]): StatusCounts[] {
  const counts = Array.from({ length: points }, noStatuses);
  for (const { point, digit, n } of parts) counts[point - 1][classOf(digit)] += n;
  return counts;
}

export function noStatuses(): StatusCounts {
  return { '1xx': 0, '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0, none: 0 };
}

function classOf(digit: string): StatusClass {
  return digit === '' ? 'none' : (`${digit}xx` as StatusClass);
}
