/** What every route under /api/v1 answers when it succeeds. */
export interface Answer<T> {
  success: true;
  message: string;
  data: T;
}

export function answer<T>(message: string, data: T): Answer<T> {
  return { success: true, message, data };
}
