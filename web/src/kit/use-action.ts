import { useState } from 'preact/hooks';
import { ApiError } from './api/api-error.js';

interface Action {
  busy: boolean;
  error: ApiError | null;
  /** Runs it; what it throws becomes `error`. */
  run: (act: () => Promise<void>) => Promise<void>;
}

/** Something that is asked of the server by a press of a button. */
export function useAction(): Action {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const run = async (act: () => Promise<void>) => {
    setBusy(true);
    setError(null);
    try {
      await act();
    } catch (failure) {
      setError(failure instanceof ApiError ? failure : new ApiError(0, 'failed', 'Something went wrong'));
    } finally {
      setBusy(false);
    }
  };
  return { busy, error, run };
}
