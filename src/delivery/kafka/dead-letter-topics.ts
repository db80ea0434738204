import { groupsOf } from '../../core/groups.js';
import type { NewDeadLetter } from '../../core/ports/dead-letters.js';
import type { DeadLetterSink } from '../dead-letter-sink.js';
import type { LogProducer } from './producer.js';
import { deadLetterTopic } from './topics.js';

/** Of one request to the broker: a topic of dead letters has a partition, whose messages count together. */
const MAX_BYTES = 512 * 1024;
const MAX_DETAILS = 50;

/** Buries records: each goes to the topic of dead letters, then into the list. */
export class DeadLetterTopics {
  constructor(
    private readonly producer: LogProducer,
    private readonly sink: DeadLetterSink,
  ) {}

  /**
   * Resolves once all are durable in both. What fails in between is buried again: in a topic a record may come twice (its headers
   * say that it is the same), in the list it stands once.
   */
  async bury(letters: readonly NewDeadLetter[]): Promise<void> {
    const sizeOf = ({ payload }: NewDeadLetter) => Buffer.byteLength(payload);
    for (const some of groupsOf(letters, sizeOf, MAX_BYTES)) await this.send(some);
    await this.sink.add(letters);
  }

  private async send(letters: readonly NewDeadLetter[]): Promise<void> {
    await this.producer.send(
      letters.map((letter) => ({
        topic: deadLetterTopic(letter.origin!.topic),
        // a message that fills a topic's largest has no room for headers in another
        value: Buffer.from(letter.payload).subarray(0, MAX_BYTES),
        headers: new Map(
          headersOf(letter).map(([name, value]) => [Buffer.from(name), Buffer.from(String(value))]),
        ),
      })),
    );
  }
}

function headersOf({
  reason,
  message,
  details,
  origin,
  attempts,
  kind,
}: NewDeadLetter): [string, string | number][] {
  return [
    ['reason', reason],
    ['message', message],
    ['details', JSON.stringify(details.slice(0, MAX_DETAILS))],
    ['kind', kind],
    ['topic', origin!.topic],
    ['partition', origin!.partition],
    ['offset', origin!.offset],
    ['index', origin!.index],
    ['attempts', attempts],
  ];
}
