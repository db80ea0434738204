import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { answer, type Answer } from '../http/query/answer.js';
import { ApiAnswer, ApiFailures } from '../http/query/openapi.js';
import { RequireScope } from './access.js';
import { KeyRegistry } from './key-registry.js';
import { Project } from './key.dto.js';

/** The projects of the server. One is made with its first key. */
@ApiTags('Keys')
@ApiFailures()
@Controller('api/v1/projects')
@RequireScope('admin')
export class ProjectsController {
  constructor(private readonly registry: KeyRegistry) {}

  @Get()
  @ApiOperation({
    operationId: 'listProjects',
    summary: 'List the projects of the server',
    description: 'By name. A project is created with its first key.',
  })
  @ApiAnswer({
    description: 'By name',
    message: 'Retrieved 2 projects',
    type: [Project],
    example: [{ name: 'default' }, { name: 'shop' }],
  })
  list(): Answer<Project[]> {
    const projects = this.registry.projectNames().map((name) => ({ name }));
    return answer(`Retrieved ${projects.length} projects`, projects);
  }
}
