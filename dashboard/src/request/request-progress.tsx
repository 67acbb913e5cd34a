import { formatBytes, formatCount, formatRate, formatSavedShare, formatShare } from '../format/numbers.js';
import { formatDuration } from '../format/times.js';
import type { RequestDetailsFragment } from '../generated/graphql.js';
import { ProgressBar } from '../progress/progress-bar.js';
import { progressOf } from '../progress/progress-of.js';
import { Fact } from './fact.js';

/** How far a request has come, in a bar and in figures. */
export function RequestProgress({ request }: { request: RequestDetailsFragment }) {
  const { fileName, status, progress, counts, bytes, similarity } = request;
  const { isOpen, total, left, made, failed } = progressOf(request);
  const waiting = status === 'PENDING' || (isOpen && progress === 0);
  return (
    <section className="card progress-card" aria-label="Progress">
      <div className="progress-card__bar">
        <ProgressBar
          label={`${fileName}: progress`}
          progress={progress}
          made={made}
          failed={failed}
          waiting={waiting}
        />
        {/* No <output>: it would be read out at each change, over what useAnnouncements says. */}
        <span className="progress-card__percent">{formatShare(progress)}</span>
      </div>
      <dl className="facts">
        <Fact name="Compressed" value={formatCount(counts.completed)} note={`of ${formatCount(total)}`} />
        <Fact name="Failed" value={formatCount(counts.failed)} tone={counts.failed > 0 ? 'bad' : 'plain'} />
        {counts.cancelled > 0 && <Fact name="Not begun" value={formatCount(counts.cancelled)} />}
        <Fact
          name="Saved"
          value={formatBytes(Math.max(0, bytes.saved))}
          note={bytes.original > 0 ? formatSavedShare(bytes.original, bytes.compressed) : ''}
          tone={bytes.saved > 0 ? 'good' : 'plain'}
        />
        {similarity && (
          <Fact name="Similarity" value={similarity.mean.toFixed(2)} note={`worst ${similarity.worst.toFixed(2)}`} />
        )}
        <Fact name="Images a second" value={rateOf(request)} />
        {isOpen ? (
          <Fact
            name="Time left"
            value={timeLeft(request, left)}
            tone={request.estimatedSecondsLeft === null ? 'muted' : 'plain'}
          />
        ) : (
          <Fact name="Took" value={took(request)} />
        )}
      </dl>
    </section>
  );
}

function rateOf({ imagesPerSecond }: RequestDetailsFragment): string {
  return imagesPerSecond === null ? '–' : formatRate(imagesPerSecond);
}

function timeLeft({ estimatedSecondsLeft, status }: RequestDetailsFragment, left: number): string {
  if (status === 'CANCELLING') return 'stopping…';
  if (estimatedSecondsLeft === null) return left > 0 ? 'not known yet' : 'nearly done';
  return `about ${formatDuration(estimatedSecondsLeft)}`;
}

function took({ startedAt, finishedAt }: RequestDetailsFragment): string {
  if (!startedAt || !finishedAt) return '–';
  return formatDuration((new Date(finishedAt).getTime() - new Date(startedAt).getTime()) / 1000);
}
