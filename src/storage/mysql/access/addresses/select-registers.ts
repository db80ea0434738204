import type { Register } from '../../../noted-addresses.js';
import { number } from '../../literals.js';
import type { Sessions } from '../../sql.js';

/** The registers of a project that are above zero. */
export function selectRegisters(db: Sessions, projectId: number): Promise<Register[]> {
  return db.rows(`select register, rank from ip_registers where project_id = ${number(projectId)}`);
}
