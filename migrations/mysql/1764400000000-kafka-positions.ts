import type { MigrationInterface, QueryRunner } from 'typeorm';

/** As migrations/postgres/1764400000000-kafka-positions.ts. */
export class KafkaPositions1764400000000 implements MigrationInterface {
  name = 'KafkaPositions1764400000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table if not exists kafka_positions (
        topic_id char(36) character set ascii not null,
        partition_id int not null,
        topic varchar(249) character set ascii not null,
        next_offset bigint not null,
        moved_at datetime(6) not null default current_timestamp(6) on update current_timestamp(6),
        primary key (topic_id, partition_id)
      ) engine = innodb`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table if exists kafka_positions');
  }
}
