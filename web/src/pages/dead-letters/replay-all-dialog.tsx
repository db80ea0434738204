import { useState } from 'preact/hooks';
import { announce } from '../../kit/announce.js';
import { post } from '../../kit/api/request.js';
import type { ReplayedLetters } from '../../kit/api/schema.js';
import { count, counted } from '../../kit/format.js';
import { Button } from '../../kit/ui/button.js';
import { Dialog } from '../../kit/ui/dialog.js';
import { Failure } from '../../kit/ui/states.js';
import { useAction } from '../../kit/use-action.js';

/** So many a request: each tells how far it is. */
const AT_ONCE = 500;

interface ReplayAllDialogProps {
  filter: { reason?: string; kind?: string };
  onDone: () => void;
  onClose: () => void;
}

/** Replays every letter that waits and that the filters match, once asked. */
export function ReplayAllDialog({ filter, onDone, onClose }: ReplayAllDialogProps) {
  const { busy, error, run } = useAction();
  const [done, setDone] = useState<{ replayed: number; failed: number } | null>(null);
  const replay = () =>
    run(async () => {
      const total = { replayed: 0, failed: 0 };
      let after: number | null = 0;
      try {
        while (after !== null) {
          const part: ReplayedLetters = await post<ReplayedLetters>('/api/v1/dead-letters/replay', {
            body: { ...filter, after, limit: AT_ONCE },
          });
          total.replayed += part.replayed;
          total.failed += part.failed;
          after = part.next;
          setDone({ ...total });
        }
      } finally {
        onDone();
      }
      announce(`${count(total.replayed)} replayed, ${count(total.failed)} still cannot be stored`);
    });
  const isFiltered = filter.reason !== undefined || filter.kind !== undefined;
  return (
    <Dialog
      title="Replay all"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{done ? 'Close' : 'Cancel'}</Button>
          {(!done || busy) && (
            <Button kind="primary" busy={busy} onClick={() => void replay()}>
              Replay all
            </Button>
          )}
        </>
      }
    >
      <p>
        Every letter that waits{isFiltered && ' and matches the filters'} will be read by the rules of today
        and stored, once. Those that still cannot be stored wait on.
      </p>
      {done && (
        <p role="status">
          {counted(done.replayed, 'letter')} replayed, {count(done.failed)} still cannot be stored.
        </p>
      )}
      {error && <Failure error={error} />}
    </Dialog>
  );
}
