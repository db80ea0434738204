import { ApiProperty } from '@nestjs/swagger';
import type * as latency from '../../core/counting/latency-histogram.js';
import { INTERVALS, type Interval } from '../../core/counting/time-buckets.js';
import type * as top from '../../core/counting/top.js';

/** What a series is of, beside its points and its totals. */
export class Series {
  @ApiProperty({ format: 'date-time' }) from: string;
  @ApiProperty({ format: 'date-time' }) to: string;
  @ApiProperty({ enum: INTERVALS }) interval: Interval;
  timezone: string;

  /** Parameters that were ignored. */
  warnings: string[];
}

/** A bucket of a series. */
export class Point {
  /** Where the bucket begins. */
  @ApiProperty({ format: 'date-time' }) time: string;
}

/** Milliseconds, null where nothing was timed; percentiles within 1 %. */
export class LatencyValues implements latency.LatencyValues {
  @ApiProperty({ type: 'integer' }) count: number;
  avg: number | null;
  p50: number | null;
  p95: number | null;
  p99: number | null;
  max: number | null;
}

export class TopValue implements top.TopValue {
  /** Empty for records without one. */
  value: string;

  @ApiProperty({ type: 'integer' }) count: number;
  @ApiProperty({ type: 'integer' }) errors: number;

  /** Milliseconds; null where nothing was timed. */
  avg_ms: number | null;
  max_ms: number | null;
}

/** The first values of a dimension, beside which one it is. */
export class TopValues implements top.Top {
  @ApiProperty({ format: 'date-time' }) from: string;
  @ApiProperty({ format: 'date-time' }) to: string;
  values: TopValue[];

  /** Records of the values that are not listed. */
  @ApiProperty({ type: 'integer' }) other: number;

  /** All records of the time range. */
  @ApiProperty({ type: 'integer' }) total: number;

  /** Parameters that were ignored. */
  warnings: string[];
}

/** The cacheable part of an answer: warnings belong to a single request. */
export type Unwarned<Data extends { warnings: unknown }> = Data extends unknown
  ? Omit<Data, 'warnings'>
  : never;
