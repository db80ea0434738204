import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import {
  LETTER_FORMATS,
  LETTER_KINDS,
  LETTER_REASONS,
  LETTER_STATES,
  MAX_LETTERS,
  type LetterFormat,
  type LetterKind,
  type LetterReason,
  type LetterState,
} from '../core/ports/dead-letters.js';
import { ProjectQuery } from '../http/query/project-query.js';
import { Integer, OneOf, Text } from '../http/query/query-checks.js';

/** Which dead letters. */
export class DeadLettersQuery extends ProjectQuery {
  // The guard takes it for the project to act on; here it narrows what is otherwise of all.
  @Text(64, 'Only letters of this project; default: all projects')
  override project?: string;

  @OneOf(LETTER_STATES, { description: 'Default: letters in any state' })
  state?: LetterState;

  @OneOf(LETTER_REASONS, {})
  reason?: LetterReason;

  @OneOf(LETTER_KINDS, {})
  kind?: LetterKind;

  @Integer(1, MAX_LETTERS, { default: 100, description: 'Number of letters to return' })
  limit?: number;

  @Text(8192, 'next_cursor of the previous page; the filters must be the same')
  cursor?: string;
}

const WHOLE = 'must be a whole number';

/** Which waiting letters to replay; without a filter all of them. A field that is not listed here is refused. */
export class ReplayRequest {
  @OneOf(LETTER_REASONS, { nullable: true })
  reason?: LetterReason | null;

  @OneOf(LETTER_KINDS, { nullable: true })
  kind?: LetterKind | null;

  @Text(64, 'Only letters of this project', { nullable: true })
  project?: string | null;

  /** `next` of the request before: only letters with a greater id. */
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    default: 0,
    nullable: true,
  })
  @IsOptional()
  @Max(Number.MAX_SAFE_INTEGER, { message: WHOLE })
  @Min(0, { message: WHOLE })
  @IsInt({ message: WHOLE })
  after?: number | null;

  /** Most letters to replay in this request. */
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: MAX_LETTERS,
    default: MAX_LETTERS,
    nullable: true,
  })
  @IsOptional()
  @Max(MAX_LETTERS)
  @Min(1)
  @IsInt({ message: WHOLE })
  limit?: number | null;
}

class LetterError {
  field: string;
  message: string;
}

class LetterOriginView {
  topic: string;

  /** A topic that is made anew under its name has another one. */
  @ApiProperty({ format: 'uuid' }) topic_id: string;
  @ApiProperty({ type: 'integer' }) partition: number;
  @ApiProperty({ type: 'integer' }) offset: number;

  /** Its place in the message, from 0. */
  @ApiProperty({ type: 'integer' }) index: number;
}

class LetterOutcome {
  @ApiProperty({ type: 'integer' }) stored: number;

  /** Events that the project had already. */
  @ApiProperty({ type: 'integer' }) duplicates: number;

  /** Records of a message that could not be stored, and have letters of their own now. */
  @ApiProperty({ type: 'integer' }) listed: number;
}

/** A dead letter as it is listed. */
@ApiSchema({ name: 'DeadLetter' })
export class DeadLetterView {
  @ApiProperty({ type: 'integer' }) id: number;
  @ApiProperty({ enum: LETTER_STATES }) state: LetterState;

  /** What it was to become. */
  @ApiProperty({ enum: LETTER_KINDS }) kind: LetterKind;

  /** null where what came does not tell, or there is no such project. */
  project: string | null;
  @ApiProperty({ enum: LETTER_REASONS }) reason: LetterReason;
  message: string;

  /** What is wrong with which field; the first 50. */
  @ApiProperty({ type: [LetterError] }) details: readonly LetterError[];

  /** How the payload is read when it is replayed. */
  @ApiProperty({ enum: LETTER_FORMATS }) format: LetterFormat;

  /** Of what came, as UTF-8. */
  @ApiProperty({ type: 'integer' }) payload_bytes: number;

  /** Where in Kafka it came from; null where it came over HTTP. */
  origin: LetterOriginView | null;

  /** How often storing it was tried. */
  @ApiProperty({ type: 'integer' }) attempts: number;
  @ApiProperty({ format: 'date-time' }) failed_at: string;

  /** When it was replayed or dropped. */
  @ApiProperty({ format: 'date-time' }) settled_at: string | null;

  /** Of a replayed one. */
  outcome: LetterOutcome | null;
}

/** A dead letter with what came. */
@ApiSchema({ name: 'WholeDeadLetter' })
export class WholeDeadLetterView extends DeadLetterView {
  /** What came: text, at most a megabyte of it. */
  payload: string;

  /** More came than was kept: it cannot be replayed. */
  is_cut: boolean;
}

/** What a replay of many came to. */
@ApiSchema({ name: 'ReplayedLetters' })
export class ReplayedLettersView {
  /** Letters that are settled now. */
  @ApiProperty({ type: 'integer' }) replayed: number;

  /** Letters that still cannot be stored, and wait on with the new reason. */
  @ApiProperty({ type: 'integer' }) failed: number;

  /** `after` of the next request; null where all that waited were tried. */
  @ApiProperty({ type: 'integer' }) next: number | null;
}

export const EXAMPLE: DeadLetterView = {
  id: 812,
  state: 'waiting',
  kind: 'events',
  project: 'shop',
  reason: 'validation_error',
  message: 'event_type is required',
  details: [{ field: 'event_type', message: 'is required' }],
  format: 'record',
  payload_bytes: 44,
  origin: {
    topic: 'clicks',
    topic_id: '5f1d7c0e-7d0b-4c5f-9f2e-1f0f4c1c2a11',
    partition: 3,
    offset: 20_481,
    index: 0,
  },
  attempts: 1,
  failed_at: '2026-11-20T10:00:00.123Z',
  settled_at: null,
  outcome: null,
};

export const WHOLE_EXAMPLE: WholeDeadLetterView = {
  ...EXAMPLE,
  payload: '{"event_id":"7d1e-7cc3","event_name":"click"}',
  is_cut: false,
};
