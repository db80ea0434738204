/** Tries to remove the cause of a failure; true if it did. */
type Mend = (error: unknown) => Promise<boolean>;

/** Retries transactions of one database that failed for a transient reason, or for one that `mend` removed. */
export function retrying(isTransient: (error: unknown) => boolean, maxAttempts: number) {
  return async <T>(transaction: () => Promise<T>, mend: Mend = () => Promise.resolve(false)): Promise<T> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await transaction();
      } catch (error) {
        if (attempt === maxAttempts) throw error;
        if (!isTransient(error) && !(await mend(error))) throw error;
      }
    }
  };
}
