import { asOf } from '../format.js';
import { answeredAtMs, faults, retryFaults } from '../freshness.js';
import { Button } from './button.js';
import { Icon } from './icon.js';

/** Above the panels of a page: what keeps it from being up to date, and as of when its numbers are. Once, not in each panel. */
export function FaultBanner() {
  const [fault, ...others] = faults.value;
  if (!fault) return null;
  return (
    <div class="fault" role="alert">
      <Icon name="alert" size={18} />
      <div class="fault-text">
        {[fault, ...others].map((one) => (
          <p key={one.message}>
            <b>{one.message.replace(/\.$/, '')}.</b>
            {one.requestId && <span class="muted"> Request {one.requestId}</span>}
          </p>
        ))}
        <p>
          {answeredAtMs.value !== undefined && `What is shown is as of ${asOf(answeredAtMs.value)}. `}
          {fault.retryable && 'Trying again automatically.'}
        </p>
      </div>
      <Button icon="refresh" onClick={retryFaults}>
        Try again
      </Button>
    </div>
  );
}
