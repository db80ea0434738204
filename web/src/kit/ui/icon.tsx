const PATHS = {
  overview: 'M3 13h4v8H3zM10 8h4v13h-4zM17 3h4v18h-4z',
  explore: 'M10.5 18a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15zM16 16l5 5',
  access:
    'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM3 12h18M12 3c2.5 2.5 3.8 5.5 3.8 9s-1.3 6.5-3.8 9c-2.5-2.5-3.8-5.5-3.8-9S9.5 5.5 12 3z',
  live: 'M3 12h4l3-8 4 16 3-8h4',
  system: 'M4 4h16v6H4zM4 14h16v6H4zM8 7h.01M8 17h.01',
  audit: 'M6 3h12v18H6zM9 8h6M9 12h6M9 16h3',
  letter: 'M3 6h18v12H3zM3 7l9 7 9-7',
  sun: 'M12 16.500a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM12 2v2M12 20v2M4.2 4.200l1.4 1.400M18.4 18.400l1.4 1.400M2 12h2M20 12h2M4.2 19.800l1.4-1.400M18.4 5.600l1.4-1.4',
  moon: 'M20 14.500A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.500z',
  auto: 'M4 5h16v11H4zM8.5 20h7M12 16v4',
  refresh: 'M20 11a8 8 0 1 0-2.3 6.200M20 4v7h-7',
  close: 'M6 6l12 12M18 6L6 18',
  check: 'M5 12.500l4.5 4.500L19 7.5',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  down: 'M6 9l6 6 6-6',
  up: 'M6 15l6-6 6 6',
  right: 'M9 6l6 6-6 6',
  left: 'M15 6l-6 6 6 6',
  download: 'M12 4v11M7 10.500l5 5 5-5M4 20h16',
  'zoom-in': 'M10.5 18a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15zM16 16l5 5M7.5 10.5h6M10.5 7.5v6',
  'zoom-out': 'M10.5 18a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15zM16 16l5 5M7.5 10.5h6',
  filter: 'M4 5h16l-6 8v6l-4-2v-4z',
  table: 'M4 5h16v14H4zM4 10h16M4 14.500h16M10 10v9',
  chart: 'M4 4v16h16M8 15l4-5 3 3 5-6',
  pause: 'M8 5v14M16 5v14',
  play: 'M7 5l12 7-12 7z',
  plus: 'M12 5v14M5 12h14',
  key: 'M8 19a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM11.2 11.300L20 3M16 7l3 3',
  alert: 'M12 4l9 16H3zM12 10v4M12 17h.01',
  calendar: 'M4 6h16v14H4zM4 10h16M8 3v4M16 3v4',
  logout: 'M10 4H4v16h6M15 8l4 4-4 4M19 12H9',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3 2',
} as const;

export type IconName = keyof typeof PATHS;

/** A line drawing of 24 × 24 in the colour of the text. Hidden from screen readers: label the element around it. */
export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
