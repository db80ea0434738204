import type { Register } from '../../../noted-addresses.js';
import { rows, type Queryable } from '../../sql.js';

/** The registers of a project that are above zero. */
export function selectRegisters(db: Queryable, projectId: number): Promise<Register[]> {
  return rows(db, {
    name: 'select_ip_registers',
    text: 'select register, rank from ip_registers where project_id = $1',
    values: [projectId],
  });
}
