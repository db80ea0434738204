import { post } from '../../kit/api/request.js';
import { announce } from '../../kit/announce.js';
import { currentSession } from '../../kit/session.js';
import { Button } from '../../kit/ui/button.js';
import { Dialog } from '../../kit/ui/dialog.js';
import { Name } from '../../kit/ui/name.js';
import { Failure } from '../../kit/ui/states.js';
import { spelled } from '../../kit/unseen.js';
import type { KeyView, NewKey } from './key-view.js';
import { useAction } from './use-action.js';

interface RotateDialogProps {
  target: KeyView;
  onMade: (key: NewKey) => void;
  onClose: () => void;
}

/** Gives a key a successor, once asked. */
export function RotateDialog({ target, onMade, onClose }: RotateDialogProps) {
  const { busy, error, run } = useAction();
  const rotate = () => run(async () => onMade(await post<NewKey>(pathOf(target, 'rotate'))));
  return (
    <Dialog
      title="Rotate key"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" busy={busy} onClick={() => void rotate()}>
            Rotate
          </Button>
        </>
      }
    >
      <p>
        <Name text={target.name} /> gets a successor with the same scopes and limits. The old key works on for
        a while (72 hours, if the server was not told otherwise), so that clients can change over.
      </p>
      {error && <Failure error={error} />}
    </Dialog>
  );
}

interface RevokeDialogProps {
  target: KeyView;
  onDone: () => void;
  onClose: () => void;
}

/** Takes a key away, once asked. */
export function RevokeDialog({ target, onDone, onClose }: RevokeDialogProps) {
  const { busy, error, run } = useAction();
  const isOwn = currentSession()?.key?.id === target.id;
  const revoke = () =>
    run(async () => {
      await post(pathOf(target, 'revoke'));
      announce(`Key ${spelled(target.name)} revoked`);
      onDone();
      onClose();
    });
  return (
    <Dialog
      title="Revoke key"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="danger" busy={busy} onClick={() => void revoke()}>
            Revoke for good
          </Button>
        </>
      }
    >
      <p>
        <Name text={target.name} /> is refused within two seconds, for good: whoever uses it can no longer
        send or read.
      </p>
      {isOwn && <p class="panel-warning">You logged in with this key: this ends your session.</p>}
      {error && <Failure error={error} />}
    </Dialog>
  );
}

const pathOf = ({ id }: KeyView, verb: 'rotate' | 'revoke') =>
  `/api/v1/keys/${encodeURIComponent(id)}/${verb}`;
