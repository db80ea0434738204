import type { RawEvent } from '../../events/event.schema.js';
import type { Random } from '../../samples/random.js';

const flaws: readonly ((event: RawEvent) => object)[] = [
  (event) => ({ ...event, event_id: undefined }),
  (event) => ({ ...event, event_id: '' }),
  (event) => ({ ...event, event_type: 'click' }),
  (event) => ({ ...event, event_name: event.event_name.padEnd(101, '_') }),
  (event) => ({ ...event, timestamp: 'yesterday' }),
  (event) => ({ ...event, properties: 'duration=12' }),
  (event) => ({ ...event, device_info: ['phone'] }),
  (event) => ({ ...event, sequence_number: 2 ** 31 }),
  (event) => ({ ...event, priority: 'urgent' }),
  (event) => ({ ...event, user_id: 'user\0' }),
];

/** The event with one flaw, for which a server must refuse it. */
export function spoil(event: RawEvent, random: Random): object {
  return random.of(flaws)(event);
}
