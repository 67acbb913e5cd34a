import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Provider } from 'urql';
import { apiKeyStorage } from './api/api-key.js';
import { createSession, type Session } from './api/create-session.js';
import { SessionContext } from './api/session-context.js';
import { App } from './app.js';
import { ErrorBoundary } from './shell/error-boundary.js';
import './styles/index.css';

const place = document.getElementById('root');
if (!place) throw new Error('index.html has no #root');
const root = createRoot(place);
let session: Session | null = null;
let count = 0;

/** Begins anew with this key: nothing of what another key could see stays. */
function start(apiKey: string | null): void {
  session?.close();
  apiKeyStorage.write(apiKey);
  session = createSession(apiKey);
  root.render(
    <StrictMode key={++count}>
      <ErrorBoundary>
        <SessionContext value={session}>
          <Provider value={session.client}>
            <App onApiKey={start} />
          </Provider>
        </SessionContext>
      </ErrorBoundary>
    </StrictMode>,
  );
}

start(apiKeyStorage.read());
