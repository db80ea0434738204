import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How far what came through Kafka is stored: moved in the transaction that stores it. */
export class KafkaPositions1764400000000 implements MigrationInterface {
  name = 'KafkaPositions1764400000000';

  async up(db: QueryRunner): Promise<void> {
    // By the topic's id: one that was deleted and made again begins with other messages at 0. Updated all the time, few rows.
    await db.query(`
      create table kafka_positions (
        topic_id uuid not null,
        partition int not null,
        topic text not null,
        next_offset bigint not null,
        moved_at timestamptz not null default clock_timestamp(),
        primary key (topic_id, partition)
      ) with (fillfactor = 50)`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table kafka_positions');
  }
}
