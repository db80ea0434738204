import { PositionMoved, type LogMove, type LogPosition } from '../../../core/ports/log-append.js';
import { rows, type Queryable } from '../sql.js';

// A partition that another transaction moves is waited for, and then no longer where it was.
const MOVE = `
with given as (
  select * from unnest($1::uuid[], $2::int[], $3::text[], $4::bigint[], $5::bigint[])
  as given (topic_id, partition, topic, from_offset, to_offset)
), moved as (
  update kafka_positions p set next_offset = to_offset, moved_at = clock_timestamp()
  from given where p.topic_id = given.topic_id and p.partition = given.partition and p.next_offset = from_offset
  returning 1
), begun as (
  insert into kafka_positions (topic_id, partition, topic, next_offset)
  select topic_id, partition, topic, to_offset from given where from_offset is null
  on conflict do nothing
  returning 1
)
select (select count(*) from moved) + (select count(*) from begun) as moved`;

/** Inside a transaction. @throws PositionMoved */
export async function movePositions(db: Queryable, moves: readonly LogMove[]): Promise<void> {
  const [{ moved }] = await rows<{ moved: number }>(db, {
    name: 'append.move-positions',
    text: MOVE,
    values: [
      moves.map(({ topicId }) => topicId),
      moves.map(({ partition }) => partition),
      moves.map(({ topic }) => topic),
      moves.map(({ from }) => from),
      moves.map(({ to }) => to),
    ],
  });
  if (moved < moves.length) throw new PositionMoved();
}

export async function selectPositions(db: Queryable, topicIds: readonly string[]): Promise<LogPosition[]> {
  return rows<LogPosition>(db, {
    name: 'append.select-positions',
    text: `select topic_id as "topicId", topic, partition, next_offset as "offset",
             (extract(epoch from moved_at) * 1000)::float8 as "movedAtMs"
           from kafka_positions where topic_id = any($1::uuid[])`,
    values: [topicIds],
  });
}
