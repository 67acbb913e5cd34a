interface Props {
  label: string;
  /** 0 to 1, as the service tells it. */
  progress: number;
  /** Shares of all images, 0 to 1. */
  made: number;
  failed: number;
  /** Nothing is known yet. */
  waiting?: boolean;
}

/** How far a request has come: what was made, and what could not be made, each in its colour. */
export function ProgressBar({ label, progress, made, failed, waiting = false }: Props) {
  const percent = Math.floor(100 * progress);
  return (
    <div
      className={waiting ? 'progress progress--waiting' : 'progress'}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
    >
      <span className="progress__made" style={{ width: `${100 * made}%` }} />
      <span className="progress__failed" style={{ width: `${100 * failed}%` }} />
    </div>
  );
}
