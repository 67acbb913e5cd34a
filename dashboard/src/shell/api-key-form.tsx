import { useState } from 'react';
import { useSession } from '../api/use-session.js';
import { PageTitle } from './page-title.js';

/** Asks for the API key where the service wants one. */
export function ApiKeyForm({ onApiKey }: { onApiKey: (apiKey: string) => void }) {
  const { apiKey } = useSession();
  const [typed, setTyped] = useState('');
  return (
    <section className="card card--narrow">
      <PageTitle>API key</PageTitle>
      <p className="muted">This service is open to whoever has a key. It is kept in this tab until you close it.</p>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          onApiKey(typed.trim());
        }}
      >
        <label className="field">
          <span className="field__label">Your API key</span>
          <input
            type="password"
            autoComplete="off"
            required
            pattern=".*\S.*"
            value={typed}
            aria-invalid={apiKey !== null}
            aria-describedby={apiKey ? 'api-key-problem' : undefined}
            onChange={(event) => setTyped(event.target.value)}
          />
        </label>
        {apiKey && (
          <p id="api-key-problem" className="problem" role="alert">
            The service does not know this key.
          </p>
        )}
        <button type="submit" className="button button--primary">
          Use this key
        </button>
      </form>
    </section>
  );
}
