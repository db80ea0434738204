import { PositionMoved, type LogMove, type LogPosition } from '../../../core/ports/log-append.js';
import { number, text, tuples } from '../literals.js';
import type { Session, Sessions } from '../sql.js';

/** Inside a transaction. A partition that another one moves is waited for. @throws PositionMoved */
export async function movePositions(db: Session, moves: readonly LogMove[]): Promise<void> {
  for (const { topicId, topic, partition, from, to } of moves) {
    const moved =
      from === null
        ? await db.run(`insert ignore into kafka_positions (topic_id, partition_id, topic, next_offset)
            values ${tuples([[text(topicId), number(partition), text(topic), number(to)]])}`)
        : await db.run(`update kafka_positions set next_offset = ${number(to)}
            where topic_id = ${text(topicId)} and partition_id = ${number(partition)} and next_offset = ${number(from)}`);
    if (moved === 0) throw new PositionMoved();
  }
}

export async function selectPositions(db: Sessions, topicIds: readonly string[]): Promise<LogPosition[]> {
  if (topicIds.length === 0) return [];
  const found = await db.rows<LogPosition>(`
    select topic_id as topicId, topic, partition_id as \`partition\`, next_offset as \`offset\`,
      unix_timestamp(moved_at) * 1000 as movedAtMs
    from kafka_positions where topic_id in (${topicIds.map(text).join(',')})`);
  return found.map((row) => ({ ...row, offset: Number(row.offset), movedAtMs: Number(row.movedAtMs) }));
}
