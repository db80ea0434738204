import { Controller, Delete, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentActor, RequireScope } from '../auth/index.js';
import type { Actor } from '../core/ports/audit.js';
import { answer, type Answer } from '../http/query/answer.js';
import { Audited } from '../http/query/audited.js';
import { ApiAnswer, ApiBodyFailures, ApiFailures } from '../http/query/openapi.js';
import { Demo, RemovedDemo } from './demo.dto.js';
import { DEMO_PROJECT, DemoService } from './demo.service.js';

/** Sample data to look at, in the project `demo`. */
@ApiTags('Demo')
@ApiFailures()
@Controller('api/v1/demo')
@RequireScope('admin')
export class DemoController {
  constructor(private readonly demo: DemoService) {}

  @Post()
  @HttpCode(201)
  @Audited('project.create')
  @ApiOperation({
    operationId: 'createDemo',
    summary: 'Fill the project demo with sample data',
    description:
      'Events and access entries of the last five weeks, in place of any sample data in the project.',
  })
  @ApiBodyFailures()
  @ApiAnswer({
    status: 201,
    description: 'How much was stored',
    message: 'Demo data stored',
    type: Demo,
    example: { project: DEMO_PROJECT, events: 20_000, access_entries: 20_000 },
  })
  async fill(@CurrentActor() actor: Actor): Promise<Answer<Demo>> {
    return answer('Demo data stored', await this.demo.fill(actor));
  }

  @Delete()
  @HttpCode(200)
  @Audited('project.remove')
  @ApiOperation({
    operationId: 'removeDemo',
    summary: 'Remove the project demo',
    description: 'With its data and its keys. Does nothing if there is no project demo.',
  })
  @ApiBodyFailures()
  @ApiAnswer({
    description: 'There is no sample data',
    message: 'Demo data removed',
    type: RemovedDemo,
    example: { project: DEMO_PROJECT },
  })
  async remove(@CurrentActor() actor: Actor): Promise<Answer<RemovedDemo>> {
    await this.demo.remove(actor);
    return answer('Demo data removed', { project: DEMO_PROJECT });
  }
}
