import './dead-letters-page.css';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { announce } from '../../kit/announce.js';
import { post } from '../../kit/api/request.js';
import { useQuery } from '../../kit/api/use-query.js';
import { bytes, count, dateTime } from '../../kit/format.js';
import { Button } from '../../kit/ui/button.js';
import { CopyButton } from '../../kit/ui/copy-button.js';
import { Dialog } from '../../kit/ui/dialog.js';
import { Name } from '../../kit/ui/name.js';
import { Loaded } from '../../kit/ui/panel.js';
import { Failure } from '../../kit/ui/states.js';
import { useAction } from '../../kit/use-action.js';
import { KINDS, originText, outcomeText, reasonText, type WholeDeadLetter } from './letter.js';

/** A payload may have a megabyte: so many characters of it are enough to see what it is. */
const SHOWN = 20_000;

interface LetterDialogProps {
  id: number;
  onChanged: () => void;
  onClose: () => void;
}

/** A letter with what came; replays and drops it, once asked. */
export function LetterDialog({ id, onChanged, onClose }: LetterDialogProps) {
  const path = `/api/v1/dead-letters/${id}`;
  const letter = useQuery<WholeDeadLetter>(path, {}, { refresh: false, ofProject: false });
  const [asked, setAsked] = useState<'replay' | 'drop' | null>(null);
  const [failed, setFailed] = useState<WholeDeadLetter | null>(null);
  const { busy, error, run } = useAction();
  const act = (verb: 'replay' | 'drop') =>
    run(async () => {
      const now = await post<WholeDeadLetter>(`${path}/${verb}`, { body: {} });
      setAsked(null);
      onChanged();
      if (now.state === 'waiting') {
        setFailed(now);
        return letter.reload();
      }
      announce(`Dead letter ${id} ${now.state}`);
      onClose();
    });
  const isWaiting = letter.data?.state === 'waiting';
  const choose = (verb: 'replay' | 'drop') => () => setAsked(verb);
  return (
    <Dialog
      title={`Dead letter ${id}`}
      onClose={onClose}
      actions={
        asked === null ? (
          <>
            <Button onClick={onClose}>Close</Button>
            {isWaiting && <Button onClick={choose('drop')}>Drop…</Button>}
            {isWaiting && (
              <Button kind="primary" disabled={letter.data?.is_cut} onClick={choose('replay')}>
                Replay…
              </Button>
            )}
          </>
        ) : (
          <Confirmation asked={asked} busy={busy} onYes={() => void act(asked)} onNo={() => setAsked(null)} />
        )
      }
    >
      {asked === 'replay' && (
        <p>The record will be read by the rules of today and stored, once, with the time it was received.</p>
      )}
      {asked === 'drop' && (
        <p>The record will not be stored. It stays listed as dropped for 30 days; this cannot be undone.</p>
      )}
      {error && <Failure error={error} />}
      {failed && asked === null && (
        <p class="panel-warning" role="alert">
          It still cannot be stored: <Name text={failed.message} />
        </p>
      )}
      {asked === null && (
        <Loaded query={letter} height={240}>
          {(data) => <Letter of={data} />}
        </Loaded>
      )}
    </Dialog>
  );
}

interface ConfirmationProps {
  asked: 'replay' | 'drop';
  busy: boolean;
  onYes: () => void;
  onNo: () => void;
}

function Confirmation({ asked, busy, onYes, onNo }: ConfirmationProps) {
  return (
    <>
      <Button onClick={onNo}>Back</Button>
      <Button kind={asked === 'drop' ? 'danger' : 'primary'} busy={busy} onClick={onYes}>
        {asked === 'drop' ? 'Drop record' : 'Replay record'}
      </Button>
    </>
  );
}

function Letter({ of: letter }: { of: WholeDeadLetter }) {
  const { payload, details, settled_at, outcome } = letter;
  return (
    <>
      <dl class="letter-facts">
        <Fact name="Reason">{reasonText(letter.reason)}</Fact>
        <Fact name="Message">
          <Name text={letter.message} />
        </Fact>
        <Fact name="State">
          {letter.state}
          {settled_at !== null && ` ${dateTime(settled_at)}`}
          {outcome && `: ${outcomeText(outcome)}`}
        </Fact>
        <Fact name="Kind">{KINDS[letter.kind]}</Fact>
        <Fact name="Project">
          <Name text={letter.project ?? '–'} />
        </Fact>
        <Fact name="Origin">
          <Name text={originText(letter)} />
        </Fact>
        <Fact name="Failed">{dateTime(letter.failed_at)}</Fact>
        <Fact name="Attempts">{count(letter.attempts)}</Fact>
      </dl>
      {details.length > 1 && (
        <ul class="letter-details">
          {details.map(({ field, message }, index) => (
            <li key={index}>
              <Name text={field} /> <Name text={message} />
            </li>
          ))}
        </ul>
      )}
      <div class="letter-payload-head">
        <h3>What came</h3>
        <span class="muted">{bytes(letter.payload_bytes)}</span>
        <CopyButton text={payload} />
      </div>
      <pre class="letter-payload" tabIndex={0} role="region" aria-label="What came">
        <Name text={payload.slice(0, SHOWN)} />
      </pre>
      {payload.length > SHOWN && <p class="muted">The first {count(SHOWN)} characters are shown.</p>}
      {letter.is_cut && <p class="panel-warning">Only its first megabyte was kept: it cannot be replayed.</p>}
    </>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
