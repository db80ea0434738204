/** What every route under /api/v1 answers when it succeeds. */
export interface Answer<T> {
  success: true;
  message: string;
  data: T;
}

/** A page of a list; with `next_cursor` the question goes on, null on the last page. */
export interface PageAnswer<T> extends Answer<T[]> {
  next_cursor: string | null;
}

export function answer<T>(message: string, data: T): Answer<T> {
  return { success: true, message, data };
}

export function pageAnswer<T>(message: string, data: T[], nextCursor: string | null): PageAnswer<T> {
  return { ...answer(message, data), next_cursor: nextCursor };
}
