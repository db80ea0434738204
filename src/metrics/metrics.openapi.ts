import { applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import { ApiFailures, ApiPublicFailures } from '../api/openapi.js';

/** The page of metrics: for a controller's route. */
export function ApiMetricsPage() {
  return applyDecorators(
    ApiOperation({ summary: "The server's own metrics, for Prometheus", operationId: 'metrics' }),
    ApiPublicFailures(),
    ApiResponse({
      status: 200,
      description: 'The text format of Prometheus, 0.0.4',
      content: { 'text/plain': { schema: { type: 'string' } } },
    }),
  );
}

/** The same where a key is asked for. */
export function ApiKeyedMetricsPage() {
  return applyDecorators(ApiMetricsPage(), ApiFailures());
}
