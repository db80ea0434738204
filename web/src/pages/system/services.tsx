import { Badge } from '../../kit/ui/badge.js';
import { Facts } from './facts.js';
import type { ServiceState } from './system-answer.js';

const TONES = { healthy: 'good', degraded: 'warn', unhealthy: 'bad', disabled: 'neutral' } as const;
const NAMES: Record<string, string> = {
  database: 'Database',
  access_store: 'Access entry store',
  cache: 'Cache (Redis)',
  queue: 'Queue',
  counting: 'Counting',
};

/** What the server depends on, and whether it works. */
export function Services({ services }: { services: Record<string, ServiceState> }) {
  return (
    <Facts
      facts={Object.entries(services).map(([name, state]) => [
        NAMES[name] ?? name,
        <Badge key={name} tone={TONES[state]}>
          {state === 'disabled' ? 'not used' : state}
        </Badge>,
      ])}
    />
  );
}
