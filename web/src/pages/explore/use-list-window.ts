import { useRef } from 'preact/hooks';
import { refreshes } from '../../kit/refresh.js';
import { useWindow } from '../../kit/use-window.js';
import type { ListWindow } from './list-url.js';

/** The window of a list, and which refresh it was asked at: a list asked again is another list. */
export interface AskedWindow extends ListWindow {
  refresh: number;
}

/**
 * The window of time in the address bar. A cursor belongs to one window: it stands still while somebody is reading, and
 * moves on with a refresh otherwise. Another `question` is always asked anew.
 */
export function useListWindow(question: string, isReading: boolean): AskedWindow {
  const { fromMs, toMs } = useWindow();
  const refresh = refreshes.value;
  const asked = useRef<{ question: string; window: AskedWindow } | null>(null);
  const before = asked.current;
  const isOver =
    before === null || before.question !== question || (before.window.refresh !== refresh && !isReading);
  if (isOver) asked.current = { question, window: { fromMs, toMs, refresh } };
  return asked.current!.window;
}
