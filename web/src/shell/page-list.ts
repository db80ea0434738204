import type { ComponentType } from 'preact';
import lazy from 'preact-iso/lazy';
import type { IconName } from '../kit/ui/icon.js';

interface PageEntry {
  address: string;
  name: string;
  icon: IconName;
  /** Left out of the navigation of everybody else. */
  adminOnly?: true;
  component: ComponentType & { preload: () => Promise<unknown> };
}

/** The pages in the order of the navigation, each loaded when it is first gone to. */
export const PAGES: readonly PageEntry[] = [
  {
    address: '/',
    name: 'Overview',
    icon: 'overview',
    component: lazy<ComponentType>(() =>
      import('../pages/overview/overview-page.js').then((m) => m.OverviewPage),
    ),
  },
  {
    address: '/explore',
    name: 'Explore',
    icon: 'explore',
    component: lazy<ComponentType>(() =>
      import('../pages/explore/explore-page.js').then((m) => m.ExplorePage),
    ),
  },
  {
    address: '/access',
    name: 'Access',
    icon: 'access',
    component: lazy<ComponentType>(() => import('../pages/access/access-page.js').then((m) => m.AccessPage)),
  },
  {
    address: '/live',
    name: 'Live',
    icon: 'live',
    component: lazy<ComponentType>(() => import('../pages/live/live-page.js').then((m) => m.LivePage)),
  },
  {
    address: '/system',
    name: 'System',
    icon: 'system',
    component: lazy<ComponentType>(() => import('../pages/system/system-page.js').then((m) => m.SystemPage)),
  },
  {
    address: '/audit',
    name: 'Audit',
    icon: 'audit',
    adminOnly: true,
    component: lazy<ComponentType>(() => import('../pages/audit/audit-page.js').then((m) => m.AuditPage)),
  },
  {
    address: '/dead-letters',
    name: 'Dead letters',
    icon: 'letter',
    adminOnly: true,
    component: lazy<ComponentType>(() =>
      import('../pages/dead-letters/dead-letters-page.js').then((m) => m.DeadLettersPage),
    ),
  },
];

/** Loads the page that an address leads to before it is rendered; one that cannot be loaded says so when it is. */
export function preloadPage(path: string): void {
  const page = PAGES.find(({ address }) => address === path);
  page?.component.preload().catch(() => undefined);
}
