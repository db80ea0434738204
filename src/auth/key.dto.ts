import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import {
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsNumber,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
} from 'class-validator';
import { PROJECT_NAME, SCOPES, type KeyState, type Scope } from '../core/ports/api-key.js';
import { MAX_KEYS } from '../core/ports/key-store.js';
import { ProjectQuery } from '../http/query/project-query.js';
import { Text, Integer } from '../http/query/query-checks.js';

/** As `\P{Cc}`, in a form that every reader of OpenAPI knows. */
const NO_CONTROL_CHARACTERS = /^[^\u0000-\u001f\u007f-\u009f]*$/;

/**
 * What a new key may do. A field that is not listed here is refused: a misspelt limit must not be no limit. Of a field's checks the
 * lowest speaks first: that of its type.
 */
export class CreateKeyRequest {
  /** What the key is for. */
  @ApiProperty({
    type: String,
    minLength: 1,
    maxLength: 100,
    pattern: NO_CONTROL_CHARACTERS.source,
    example: 'ios app',
  })
  @Matches(NO_CONTROL_CHARACTERS, { message: 'must not contain control characters' })
  @Length(1, 100)
  @IsString()
  name: string;

  /** Made when there is none of this name; by default the project that the request acts on. */
  @ApiPropertyOptional({ type: String, pattern: PROJECT_NAME.source, example: 'default', nullable: true })
  @IsOptional()
  @Matches(PROJECT_NAME, { message: 'must be 1 to 64 letters, digits, dots, underscores or hyphens' })
  @IsString()
  project?: string;

  @ApiProperty({ enum: SCOPES, isArray: true, minItems: 1, uniqueItems: true, example: ['ingest'] })
  @IsIn(SCOPES, { each: true })
  @ArrayUnique()
  @ArrayNotEmpty()
  @IsArray()
  scopes: Scope[];

  /** RFC 3339, in the future; without it the key does not expire. */
  @ApiPropertyOptional({ type: String, format: 'date-time', example: '2036-01-31T00:00:00Z', nullable: true })
  @IsOptional()
  @IsString()
  expires_at?: string | null;

  /** Instead of RATE_LIMIT_REQUESTS_PER_MINUTE, for each client address that uses the key. */
  @ApiPropertyOptional({ type: Number, minimum: 0.001, maximum: 1e12, example: 600, nullable: true })
  @IsOptional()
  @Max(1e12)
  @Min(0.001)
  @IsNumber()
  rate_limit_per_minute?: number | null;

  /** May the key rotate itself? Not for an app's key: whoever extracts it could lock the fleet out. */
  @ApiPropertyOptional({ type: Boolean, default: false, nullable: true })
  @IsOptional()
  @IsBoolean()
  self_rotate?: boolean;
}

/** Which keys of the project. */
export class KeysQuery extends ProjectQuery {
  @Integer(1, MAX_KEYS, { default: MAX_KEYS, description: 'Number of keys to return' })
  limit?: number;

  @Text(8192, 'next_cursor of the previous page')
  cursor?: string;
}

/** A key as it is answered. */
@ApiSchema({ name: 'Key' })
export class KeyView {
  @ApiProperty({ format: 'uuid' }) id: string;
  name: string;
  project: string;

  /** The first characters of the key. */
  prefix: string;

  @ApiProperty({ enum: SCOPES, isArray: true }) scopes: readonly Scope[];
  @ApiProperty({ enum: ['active', 'rotating', 'expired', 'revoked'] }) state: KeyState;
  @ApiProperty({ format: 'date-time' }) created_at: string;
  @ApiProperty({ format: 'date-time' }) expires_at: string | null;
  @ApiProperty({ format: 'date-time' }) revoked_at: string | null;
  @ApiProperty({ format: 'date-time' }) last_used_at: string | null;
  @ApiProperty({ type: 'integer' }) usage_count: number;
  rate_limit_per_minute: number | null;
  self_rotate: boolean;

  /** The key that replaced it. */
  @ApiProperty({ format: 'uuid' }) successor_id: string | null;

  rotation_due: boolean;
}

/** The one answer that shows the key itself. */
@ApiSchema({ name: 'NewKey' })
export class NewKeyView extends KeyView {
  /** The key itself. */
  key: string;
}

/** Made with its first key. */
export class Project {
  name: string;
}

export const KEY_EXAMPLE: KeyView = {
  id: '5f1d7c0e-7d0b-4c5f-9f2e-1f0f4c1c2a11',
  name: 'ios app',
  project: 'default',
  prefix: 'sl_4fK2Zq',
  scopes: ['ingest'],
  state: 'active',
  created_at: '2026-11-20T10:00:00.000Z',
  expires_at: null,
  revoked_at: null,
  last_used_at: null,
  usage_count: 0,
  rate_limit_per_minute: null,
  self_rotate: false,
  successor_id: null,
  rotation_due: false,
};
