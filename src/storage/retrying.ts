/** Says whether it took away why a transaction failed. */
type Mend = (error: unknown) => Promise<boolean>;

/** Runs transactions of one database again where they failed for a reason that may have passed, or that `mend` took away. */
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
