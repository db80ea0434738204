import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiSecurity, ApiTags } from '@nestjs/swagger';
import { answer, type Answer } from '../../http/query/answer.js';
import { ApiFailures } from '../../http/query/openapi.js';
import { RequireScope } from '../../auth/index.js';
import { ApiSystem } from './system.openapi.js';
import { SystemService } from './system.service.js';
import type { SystemView } from './system-view.js';

/** For who runs the server. */
@ApiTags('Operations')
@ApiSecurity('key')
@ApiFailures()
@Controller('api/v1/system')
@RequireScope('admin')
export class SystemController {
  constructor(private readonly system: SystemService) {}

  @Get()
  @ApiOperation({ summary: 'Ingest, queue, flushes, requests, cache and storage of the whole server' })
  @ApiSystem()
  async view(): Promise<Answer<SystemView>> {
    return answer('System retrieved successfully', await this.system.view());
  }
}
