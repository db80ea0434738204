import { calledOf, partsOf } from '../unseen.js';

interface NameProps {
  /** As somebody sent it: any text. */
  text: string;
  class?: string;
}

/**
 * A name that is not ours, wherever one is shown: in its own direction, which ends with it, its spaces kept, and with the
 * characters that nobody would see as chips of their codes.
 */
export function Name({ text, class: className }: NameProps) {
  return (
    <bdi class={className ? `name ${className}` : 'name'}>
      {partsOf(text).map(({ text: part, code }, index) =>
        code === undefined ? part : <Unseen key={index} code={code} />,
      )}
    </bdi>
  );
}

// With a direction of its own a chip says nothing about that of the name.
function Unseen({ code }: { code: string }) {
  return (
    <span class="unseen" dir="ltr" title={calledOf(code)}>
      {code}
    </span>
  );
}
