import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { zoneOffset } from '../format.js';
import { timezone } from '../use-window.js';
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
        <Zone />
        {controls && <div class="page-controls">{controls}</div>}
      </header>
      <FaultBanner />
      <div class="grid">{children}</div>
    </>
  );
}

/** The zone of every time on the page. */
function Zone() {
  const offset = zoneOffset(Date.now());
  return (
    <p class="page-zone" title={`Times are in your browser's time zone: ${timezone}, ${offset}`}>
      <span class="visually-hidden">Time zone: </span>
      {timezone !== offset && <span class="wide-only">{timezone} · </span>}
      {offset}
    </p>
  );
}
