import { signal } from '@preact/signals';

/** What the live region of the shell reads aloud. */
export const announcement = signal('');

/** Announces an event to screen readers: "Copied", "Key revoked". */
export function announce(text: string): void {
  // The same words twice in a row are read twice only if the region changed in between.
  announcement.value = announcement.value === text ? `${text}\u00a0` : text;
}
