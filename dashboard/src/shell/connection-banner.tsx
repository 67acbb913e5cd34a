import { ASKING_MS } from '../api/use-asking.js';
import { useConnection } from '../api/use-connection.js';
import { useSession } from '../api/use-session.js';
import { useValue } from '../state/use-value.js';

/** Says that the connection is lost, for as long as it is; or only the live one, where questions are answered. */
export function ConnectionBanner() {
  const { state } = useConnection();
  const { retryNow, isLocked, isReached } = useSession();
  // Where a key is asked for, nothing is shown that could be out of date.
  const locked = useValue(isLocked);
  const reached = useValue(isReached);
  // The region stands there before it is needed: only then is what comes into it read out.
  return (
    <div className="connection" role="status" aria-live="polite">
      {state === 'lost' && !locked && (
        <div className="connection__banner">
          <span className="connection__dot" aria-hidden="true" />
          {reached ? (
            <p>
              <strong>No live updates.</strong> This page asks the service every {ASKING_MS / 1000} seconds instead.
            </p>
          ) : (
            <p>
              <strong>Connection lost.</strong> The work goes on in the service; what is shown here may be out of date.
              Trying to come back…
            </p>
          )}
          <button type="button" className="button button--small" onClick={retryNow}>
            Try now
          </button>
        </div>
      )}
    </div>
  );
}
