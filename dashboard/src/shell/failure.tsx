import type { CombinedError } from 'urql';
import { errorSentence } from '../api/error-sentence.js';

/** Says that something could not be done, and lets one try again. */
export function Failure({ error, onRetry }: { error: CombinedError; onRetry?: () => void }) {
  return (
    <div className="failure" role="alert">
      <p>{errorSentence(error)}</p>
      {onRetry && (
        <button type="button" className="button button--small" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}
