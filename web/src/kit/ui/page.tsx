import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { FaultBanner } from './fault-banner.js';

interface PageProps {
  title: string;
  /** Controls beside the title: range, refresh, buttons. */
  controls?: ComponentChildren;
  children: ComponentChildren;
}

/** A page's frame: its one h1, its controls, and a grid of twelve columns for panels. */
export function Page({ title, controls, children }: PageProps) {
  useEffect(() => void (document.title = `${title} · Sightline`), [title]);
  return (
    <>
      <header class="page-head">
        <h1>{title}</h1>
        {controls && <div class="page-controls">{controls}</div>}
      </header>
      <FaultBanner />
      <div class="grid">{children}</div>
    </>
  );
}
