import { Controller, Delete, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiSecurity, ApiTags } from '@nestjs/swagger';
import { answer, type Answer } from '../http/query/answer.js';
import { Audited } from '../http/query/audited.js';
import { ApiAnswer, ApiBodyFailures, ApiFailures } from '../http/query/openapi.js';
import { integer, record, text } from '../http/query/schemas.js';
import { CurrentActor, RequireScope } from '../auth/index.js';
import type { Actor } from '../core/audit.js';
import { DEMO_PROJECT, DemoService, type Demo } from './demo.service.js';

/** Sample data to look at, in the project `demo`. */
@ApiTags('Demo')
@ApiSecurity('key')
@ApiFailures()
@Controller('api/v1/demo')
@RequireScope('admin')
export class DemoController {
  constructor(private readonly demo: DemoService) {}

  @Post()
  @HttpCode(201)
  @Audited('project.create')
  @ApiOperation({
    summary: 'Fill the project demo with sample data of the last five weeks, instead of what it has',
  })
  @ApiBodyFailures()
  @ApiAnswer({
    status: 201,
    description: 'How much was stored',
    message: 'Demo data stored',
    data: record({ project: text, events: integer, access_entries: integer }),
    example: { project: DEMO_PROJECT, events: 20_000, access_entries: 20_000 },
  })
  async fill(@CurrentActor() actor: Actor): Promise<Answer<Demo>> {
    return answer('Demo data stored', await this.demo.fill(actor));
  }

  @Delete()
  @HttpCode(200)
  @Audited('project.remove')
  @ApiOperation({ summary: 'Remove the project demo: its data, its keys and itself' })
  @ApiBodyFailures()
  @ApiAnswer({
    description: 'There is no sample data',
    message: 'Demo data removed',
    data: record({ project: text }),
    example: { project: DEMO_PROJECT },
  })
  async remove(@CurrentActor() actor: Actor): Promise<Answer<{ project: string }>> {
    await this.demo.remove(actor);
    return answer('Demo data removed', { project: DEMO_PROJECT });
  }
}
