import { ApiHideProperty } from '@nestjs/swagger';
import { Text } from './query-checks.js';
import type { Parameters } from './query-parameters.js';

/** What every query about a project may be asked with. */
export class ProjectQuery implements Parameters {
  @ApiHideProperty()
  others: Parameters['others'];

  // the guard's business: here so that it is known, and shown
  @Text(64, 'Project to query, for keys with the admin scope; default: the project of the key')
  project?: string;
}
