import './key-dialogs.css';
import { announce } from '../../kit/announce.js';
import { post } from '../../kit/api/request.js';
import { currentSession } from '../../kit/session.js';
import { Button } from '../../kit/ui/button.js';
import { Dialog } from '../../kit/ui/dialog.js';
import { Name } from '../../kit/ui/name.js';
import { Failure } from '../../kit/ui/states.js';
import { spelled } from '../../kit/unseen.js';
import { useAction } from '../../kit/use-action.js';
import type { KeyView, NewKey } from './key-view.js';

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
            Rotate key
          </Button>
        </>
      }
    >
      <p>
        A new key with the same scopes and limits will replace <Name text={target.name} class="key-meant" />.
        The old key keeps working for a grace period (72 hours by default), so that clients can switch over.
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
            Revoke key
          </Button>
        </>
      }
    >
      <p>
        <Name text={target.name} class="key-meant" /> will stop working within two seconds: clients that use
        it can no longer send or read data. This cannot be undone.
      </p>
      {isOwn && <p class="panel-warning">You are logged in with this key: revoking it ends your session.</p>}
      {error && <Failure error={error} />}
    </Dialog>
  );
}

const pathOf = ({ id }: KeyView, verb: 'rotate' | 'revoke') =>
  `/api/v1/keys/${encodeURIComponent(id)}/${verb}`;
