/** Answers to show at once when a page is come back to, while it asks again. */
const MOST = 100;
const answers = new Map<string, unknown>();

export function kept<T>(url: string): T | undefined {
  return answers.get(url) as T | undefined;
}

export function keep(url: string, answer: unknown): void {
  answers.delete(url);
  answers.set(url, answer);
  const [oldest] = answers.keys();
  if (answers.size > MOST && oldest !== undefined) answers.delete(oldest);
}

/** Whoever logs in next sees nothing of the one before. */
export function forgetAnswers(): void {
  answers.clear();
}
