import { signal } from '@preact/signals';

/** The project that the address bar names; undefined: the key's own. Set by the shell. */
export const project = signal<string | undefined>(undefined);
