/** What was left out of a record that was kept all the same, or cut: said of each, so that nothing is lost in silence. */
export const NOTES = {
  status: 'status left out: not from 100 to 599',
  method: 'method left out: not an HTTP method',
  request: 'method and path left out: not an HTTP request',
  host: 'ip left out: a host name',
  isOpen: 'referer or user agent cut off: its quote is not closed',
  path: 'path cut to 2,048 characters',
  userAgent: 'user agent cut to 1,024 characters',
} as const;

export type Note = (typeof NOTES)[keyof typeof NOTES];

/** How many records have each note. */
export type NoteCounts = Partial<Record<Note, number>>;

export function countNotes(counts: NoteCounts, notes: readonly Note[] | undefined): void {
  if (notes) for (const note of notes) counts[note] = (counts[note] ?? 0) + 1;
}
