import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '../../auth/index.js';
import { answer, type Answer } from '../../http/query/answer.js';
import { ApiAnswer, ApiFailures } from '../../http/query/openapi.js';
import { EXAMPLE, SystemView } from './system.dto.js';
import { SystemService } from './system.service.js';

/** For who runs the server. */
@ApiTags('Operations')
@ApiFailures()
@Controller('api/v1/system')
@RequireScope('admin')
export class SystemController {
  constructor(private readonly system: SystemService) {}

  @Get()
  @ApiOperation({
    operationId: 'getSystem',
    summary: 'Ingest, queue, flushes, requests, cache and storage of the whole server',
    description:
      'Covers all projects and all workers of this server. Counters run since its start, so that two answers give a rate. Percentiles are estimates over the same time.',
  })
  @ApiAnswer({
    description: 'As of now; `storage` may be 5 s old',
    message: 'System retrieved successfully',
    type: SystemView,
    example: EXAMPLE,
  })
  async view(): Promise<Answer<SystemView>> {
    return answer('System retrieved successfully', await this.system.view());
  }
}
