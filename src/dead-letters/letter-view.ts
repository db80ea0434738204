import type { DeadLetter, ListedLetter } from '../core/ports/dead-letters.js';
import { formatRfc3339 } from '../core/records/rfc3339.js';
import type { DeadLetterView, WholeDeadLetterView } from './dead-letter.dto.js';

/** A letter as it is answered, and written by the command line. */
export function viewOfLetter(letter: ListedLetter): DeadLetterView {
  const { origin, settledAt } = letter;
  return {
    id: letter.id,
    state: letter.state,
    kind: letter.kind,
    project: letter.project,
    reason: letter.reason,
    message: letter.message,
    details: letter.details,
    format: letter.format,
    payload_bytes: letter.payloadBytes,
    origin: origin && {
      topic: origin.topic,
      topic_id: origin.topicId,
      partition: origin.partition,
      offset: origin.offset,
      index: origin.index,
    },
    attempts: letter.attempts,
    failed_at: formatRfc3339(letter.failedAt),
    settled_at: settledAt === null ? null : formatRfc3339(settledAt),
    outcome: letter.outcome,
  };
}

export function viewOfWholeLetter(letter: DeadLetter): WholeDeadLetterView {
  return { ...viewOfLetter(letter), payload: letter.payload, is_cut: letter.isCut };
}
