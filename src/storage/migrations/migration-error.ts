/** The database cannot be migrated by this version; the message is one line for the operator. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}
