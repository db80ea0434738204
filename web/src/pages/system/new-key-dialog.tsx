import { useState } from 'preact/hooks';
import { Button } from '../../kit/ui/button.js';
import { CopyButton } from '../../kit/ui/copy-button.js';
import { Dialog } from '../../kit/ui/dialog.js';
import { Name } from '../../kit/ui/name.js';
import type { NewKey } from './key-view.js';
import './key-dialogs.css';

interface NewKeyDialogProps {
  made: NewKey;
  title: string;
  onClose: () => void;
}

/** Shows a key, this once. Whoever closes it by accident is asked again. */
export function NewKeyDialog({ made, title, onClose }: NewKeyDialogProps) {
  const [warned, setWarned] = useState(false);
  return (
    <Dialog
      title={title}
      onClose={warned ? onClose : () => setWarned(true)}
      actions={
        <Button kind="primary" onClick={onClose}>
          I have stored it
        </Button>
      }
    >
      <p>
        The key of <Name text={made.name} />. It is shown this once: the server keeps only its digest.
      </p>
      <p class="new-key">
        <code>{made.key}</code>
        <CopyButton text={made.key} label="Copy key" />
      </p>
      {warned && (
        <p class="panel-warning" role="alert">
          It cannot be shown again. Close once more if you have stored it.
        </p>
      )}
    </Dialog>
  );
}
