import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { answer } from './answer.js';
import { Failure } from './failure.dto.js';

export interface DescribedAnswer {
  status?: number;
  description: string;
  message: string;
  /** Class of the data; `[Class]` for a list of it, several for one of them, null where there is none. */
  type: Type | Type[] | { oneOf: Type[] } | null;
  example?: unknown;
  headers?: Record<string, object>;
}

/** A success under /api/v1: the envelope and its data. `beside`: schemas and examples of what stands beside the data. */
export function ApiAnswer(
  { status = 200, description, message, type, example, headers }: DescribedAnswer,
  beside: { properties?: Record<string, object>; example?: object } = {},
) {
  const properties = {
    success: { type: 'boolean', const: true },
    message: { type: 'string', examples: [message] },
    data: schemaOf(type),
    ...beside.properties,
  };
  const schema = { type: 'object', properties, required: Object.keys(properties) };
  const shown = example !== undefined && { example: { ...answer(message, example), ...beside.example } };
  return applyDecorators(
    ApiExtraModels(...modelsOf(type)),
    ApiResponse({
      status,
      description,
      ...(headers && { headers }),
      content: { 'application/json': { schema, ...shown } },
    }),
  );
}

/** A page of a list. */
export function ApiPage(described: DescribedAnswer, nextCursor = 'null on the last page') {
  return ApiAnswer(described, {
    properties: { next_cursor: { type: ['string', 'null'], description: nextCursor } },
    example: { next_cursor: null },
  });
}

/** A schema that is one of these classes. */
export function oneOf(...types: Type[]) {
  return { oneOf: types.map(reference) };
}

function reference(type: Type) {
  return { $ref: getSchemaPath(type) };
}

function schemaOf(type: DescribedAnswer['type']): object {
  if (type === null) return { type: 'null' };
  if (Array.isArray(type)) return { type: 'array', items: reference(type[0]) };
  return 'oneOf' in type ? oneOf(...type.oneOf) : reference(type);
}

function modelsOf(type: DescribedAnswer['type']): Type[] {
  if (type === null) return [];
  if (Array.isArray(type)) return type;
  return 'oneOf' in type ? type.oneOf : [type];
}

/** 404 where something else may be missing than the project; `name` is that of the component, where routes share it. */
export function ApiNotFound(name: string, description: string) {
  return ApiResponse({ status: 404, description, type: Failure, ...{ [COMPONENT_NAME]: name } });
}

/** What an answer is called among the components; taken out of the document. */
export const COMPONENT_NAME = 'x-component-name';

export function ApiFailure(status: number, description: string, headers?: Record<string, object>) {
  return ApiResponse({ status, description, type: Failure, ...(headers && { headers }) });
}

const seconds = (description: string) => ({ description, required: true, schema: { type: 'integer' } });
const retryAfter = { 'Retry-After': seconds('In whole seconds') };
const NOT_VALID = 'Invalid request: `details` names each field or parameter';
const NO_MORE = 'Internal error. Retrying is safe';
const NOT_NOW = 'Temporarily unavailable: see Retry-After. Retrying is safe';

/** The failures that any route may answer: for a controller without keys. */
export function ApiPublicFailures() {
  return applyDecorators(
    ApiFailure(400, NOT_VALID),
    ApiFailure(408, 'The request was not received within REQUEST_TIMEOUT_SECONDS'),
    ApiFailure(429, 'Too many requests: see Retry-After', retryAfter),
    ApiFailure(431, 'Headers and address are larger than 16 kB'),
    ApiFailure(500, NO_MORE),
    ApiFailure(503, NOT_NOW, retryAfter),
  );
}

/** The failures that every route under /api/v1, and those of access entries, may answer: for a controller. */
export function ApiFailures() {
  return applyDecorators(
    ApiPublicFailures(),
    ApiFailure(401, 'No API key, or an invalid one'),
    ApiFailure(403, 'The key lacks the required scope, or belongs to another project'),
    ApiFailure(404, 'There is no such project'),
  );
}

/** Those of a route that may be sent a body, beside the ones of its controller. */
export function ApiBodyFailures() {
  return applyDecorators(
    ApiFailure(413, 'The body exceeds the size limit, counted after decompression'),
    ApiFailure(415, 'This route does not accept the media type, charset or Content-Encoding of the body'),
  );
}
