import { ProjectQuery } from '../api/project-query.js';
import { Text, Whole } from '../api/query-checks.js';
import { MAX_KEYS } from './key.service.js';

/** Which keys of the project. */
export class KeysQuery extends ProjectQuery {
  @Whole(1, MAX_KEYS, { default: MAX_KEYS, description: 'Number of keys to return' })
  limit?: number;

  @Text(8192, 'next_cursor of the previous page')
  cursor?: string;
}
