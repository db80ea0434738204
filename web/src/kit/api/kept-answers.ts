/** Answers to show at once when the user returns to a page, while it is refreshed. */
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

/** The next user must see nothing of the previous one's. */
export function forgetAnswers(): void {
  answers.clear();
}
