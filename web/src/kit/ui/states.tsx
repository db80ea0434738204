import type { ComponentChildren } from 'preact';
import type { ApiError } from '../api/api-error.js';
import { Button } from './button.js';
import { Icon, type IconName } from './icon.js';
import { Name } from './name.js';

/** Nothing is there, and why or what to do about it. */
export function Empty({
  title,
  icon,
  children,
}: {
  title: string;
  icon?: IconName;
  children?: ComponentChildren;
}) {
  return (
    <div class="state">
      {icon && <Icon name={icon} size={20} />}
      <p class="state-title">{title}</p>
      {children && <div class="state-text">{children}</div>}
    </div>
  );
}

/** What went wrong, and a way to try again. */
export function Failure({ error, onRetry }: { error: ApiError; onRetry?: () => void }) {
  return (
    <div class="state state-failure" role="alert">
      <Icon name="alert" size={20} />
      <p class="state-title">{error.message}</p>
      {error.details.length > 0 && (
        <ul class="state-text">
          {error.details.map(({ field, message }) => (
            <li key={field}>
              <Name text={field} /> {message}
            </li>
          ))}
        </ul>
      )}
      {error.requestId && <p class="state-text">Request {error.requestId}</p>}
      {onRetry && (
        <Button icon="refresh" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}

/** Nothing to show because of a fault that the page tells above. */
export function Unavailable() {
  return (
    <div class="state">
      <p class="state-text">Not available at the moment</p>
    </div>
  );
}

/** Holds the place of what is still loading. */
export function Loading({ height = 120, label = 'Loading' }: { height?: number; label?: string }) {
  return (
    <div class="skeleton" style={{ height: `${height}px` }}>
      <span class="visually-hidden">{label}</span>
    </div>
  );
}
