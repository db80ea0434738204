import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { EVENT_TYPES, PRIORITIES } from '../core/records/event.js';
import { FieldError } from '../http/query/failure.dto.js';

/** An event as it is answered: JSON that the store gives, never an object of this class. */
@ApiSchema({ name: 'StoredEvent' })
export class StoredEventView {
  @ApiProperty({ type: 'integer' }) id: number;
  event_id: string;
  @ApiProperty({ enum: EVENT_TYPES }) event_type: string;
  event_name: string;
  @ApiProperty({ format: 'date-time' }) timestamp: string;

  /** The timestamp that the device sent, if it was too far ahead. */
  @ApiProperty({ format: 'date-time' }) reported_timestamp: string | null;

  properties: Record<string, unknown>;
  device_info: Record<string, unknown>;
  user_id: string | null;
  session_id: string | null;
  app_version: string | null;
  @ApiProperty({ type: 'integer' }) sequence_number: number | null;
  @ApiProperty({ enum: PRIORITIES }) priority: string;

  /** Time of receipt. */
  @ApiProperty({ format: 'date-time' }) created_at: string;

  /** Time of storing. */
  @ApiProperty({ format: 'date-time' }) processed_at: string;
}

/** What is answered of a page beside its events. */
export class PageOfEvents {
  /** null with count=none. */
  @ApiProperty({ type: 'integer' }) total_count: number | null;

  /** Only there when total_count is an estimate. */
  @ApiProperty({ type: Boolean, enum: [true] }) total_count_estimated?: true;

  @ApiProperty({ type: 'integer' }) page: number;
  @ApiProperty({ type: 'integer' }) page_size: number;
  @ApiProperty({ type: 'integer' }) total_pages: number | null;

  /** null on the last page. */
  next_cursor: string | null;

  /** Parameters that were ignored, and whether the page ends early. */
  warnings: string[];
}

export class FilteredEvents extends PageOfEvents {
  logs: StoredEventView[];
}

export class IngestedEvent {
  event_id: string;

  /** null while it is queued. */
  @ApiProperty({ type: 'integer' }) id: number | null;

  /** The project had its event_id already; null while it is queued. */
  duplicate: boolean | null;

  /** `queued`: durable in Kafka (INGEST_MODE=kafka), and on its way to the database. */
  state: 'stored' | 'queued';
}

export class RejectedEvent {
  /** Of the event in the batch, from 0. */
  @ApiProperty({ type: 'integer' }) index: number;

  /** null where the event had none that could be read. */
  event_id: string | null;

  errors: FieldError[];
}

/** total_received = logs_processed + rejected, and logs_processed = stored (or queued) + duplicates. */
export class IngestedBatch {
  @ApiProperty({ type: 'integer' }) total_received: number;
  @ApiProperty({ type: 'integer' }) logs_processed: number;

  /** null while the events are queued (INGEST_MODE=kafka). */
  @ApiProperty({ type: 'integer' }) duplicates: number | null;

  rejected: RejectedEvent[];
}
