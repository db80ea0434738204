import { computed, effect, signal } from '@preact/signals';
import { stored, store } from './stored.js';

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** What was chosen; auto follows the system. */
export const theme = signal<Theme>(THEMES.find((one) => one === stored('theme')) ?? 'auto');

const system = matchMedia('(prefers-color-scheme: dark)');
const systemIsDark = signal(system.matches);

/** What is seen. */
export const isDark = computed(() => (theme.value === 'auto' ? systemIsDark.value : theme.value === 'dark'));

/** Puts the theme on the page, now and whenever it changes. */
export function applyTheme(): void {
  system.addEventListener('change', () => (systemIsDark.value = system.matches));
  effect(() => {
    document.documentElement.dataset.theme = isDark.value ? 'dark' : 'light';
    store('theme', theme.value);
  });
}
