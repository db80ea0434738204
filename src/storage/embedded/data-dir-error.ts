/** DATA_DIR cannot be used. The message is one line that says why, fit to end a start with. */
export class DataDirError extends Error {
  override name = 'DataDirError';
}

const REASONS: Record<string, string> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'read-only file system',
  ENOSPC: 'no space left on device',
  EDQUOT: 'disk quota exceeded',
  ENOTDIR: 'not a directory',
};

/** What the system refused, as a `DataDirError`; anything else as it came. */
export function asDataDirError(dataDir: string, error: unknown): unknown {
  const reason = REASONS[(error as NodeJS.ErrnoException).code ?? ''];
  return reason ? new DataDirError(`DATA_DIR ${dataDir}: ${reason}`) : error;
}
