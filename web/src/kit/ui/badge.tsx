import type { ComponentChildren } from 'preact';

/** A word in a coloured frame: a state, a type. The word says it, the colour only helps. */
export function Badge({
  tone = 'neutral',
  children,
}: {
  tone?: 'neutral' | 'good' | 'warn' | 'bad' | 'info';
  children: ComponentChildren;
}) {
  return <span class={`badge badge-${tone}`}>{children}</span>;
}
