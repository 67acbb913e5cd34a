interface Props {
  name: string;
  value: string;
  note?: string;
  /** `muted` for what is no figure. */
  tone?: 'plain' | 'good' | 'bad' | 'muted';
}

/** A figure with its name. */
export function Fact({ name, value, note = '', tone = 'plain' }: Props) {
  return (
    <div className={`figure figure--${tone}`}>
      <dt>{name}</dt>
      <dd>
        {value} {note && <span className="figure__note">{note}</span>}
      </dd>
    </div>
  );
}
