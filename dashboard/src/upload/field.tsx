import { type ReactNode, useId } from 'react';

interface Names {
  id: string;
  'aria-describedby': string;
}

interface Props {
  label: string;
  hint: string;
  /** The control, which takes on the names that tie it to its label and its hint. */
  control: (names: Names) => ReactNode;
}

/** A control with its label and a hint; the hint is read after the name, not as a part of it. */
export function Field({ label, hint, control }: Props) {
  const id = useId();
  const hintId = useId();
  return (
    <div className="field">
      <label className="field__label" htmlFor={id}>
        {label}
      </label>
      {control({ id, 'aria-describedby': hintId })}
      <span className="field__hint" id={hintId}>
        {hint}
      </span>
    </div>
  );
}
