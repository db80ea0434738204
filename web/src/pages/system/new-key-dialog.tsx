import './key-dialogs.css';
import { useState } from 'preact/hooks';
import { Button } from '../../kit/ui/button.js';
import { CopyButton } from '../../kit/ui/copy-button.js';
import { Dialog } from '../../kit/ui/dialog.js';
import { Name } from '../../kit/ui/name.js';
import type { NewKey } from './key-view.js';

interface NewKeyDialogProps {
  made: NewKey;
  title: string;
  onClose: () => void;
}

/** Shows a new key, only this once. Closing it must be confirmed. */
export function NewKeyDialog({ made, title, onClose }: NewKeyDialogProps) {
  const [warned, setWarned] = useState(false);
  return (
    <Dialog
      title={title}
      onClose={warned ? onClose : () => setWarned(true)}
      actions={
        <Button kind="primary" onClick={onClose}>
          I have saved it
        </Button>
      }
    >
      <p>
        Copy the key for <Name text={made.name} class="key-meant" /> now. It is shown only once: the server
        keeps nothing but a hash of it.
      </p>
      <p class="new-key">
        <code>{made.key}</code>
        <CopyButton text={made.key} label="Copy key" />
      </p>
      {warned && (
        <p class="panel-warning" role="alert">
          This key cannot be shown again. If you have saved it, close this dialog once more.
        </p>
      )}
    </Dialog>
  );
}
