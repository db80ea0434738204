import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiSecurity, ApiTags } from '@nestjs/swagger';
import { answer, type Answer } from '../http/query/answer.js';
import { ApiAnswer, ApiFailures } from '../http/query/openapi.js';
import { listOf, record, text } from '../http/query/schemas.js';
import { RequireScope } from './access.js';
import { KeyRegistry } from './key-registry.js';

/** The projects of the server. One is made with its first key. */
@ApiTags('Keys')
@ApiSecurity('key')
@ApiFailures()
@Controller('api/v1/projects')
@RequireScope('admin')
export class ProjectsController {
  constructor(private readonly registry: KeyRegistry) {}

  @Get()
  @ApiOperation({ summary: 'List the projects' })
  @ApiAnswer({
    description: 'By name',
    message: 'Retrieved 2 projects',
    data: listOf(record({ name: text })),
    example: [{ name: 'default' }, { name: 'shop' }],
  })
  list(): Answer<{ name: string }[]> {
    const projects = this.registry.projectNames().map((name) => ({ name }));
    return answer(`Retrieved ${projects.length} projects`, projects);
  }
}
