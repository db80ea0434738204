import { ProjectQuery } from '../api/project-query.js';
import { Text, Whole } from '../api/query-checks.js';
import { MAX_KEYS } from './key.service.js';

/** Which keys of the project. */
export class KeysQuery extends ProjectQuery {
  @Whole(1, MAX_KEYS, { default: MAX_KEYS, description: 'Keys to give' })
  limit?: number;

  @Text(8192, 'next_cursor of the page before')
  cursor?: string;
}
