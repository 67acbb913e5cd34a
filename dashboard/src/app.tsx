import { useSession } from './api/use-session.js';
import { RequestPage } from './request/request-page.js';
import { ListPage } from './requests/list-page.js';
import { useRoute } from './routing/use-route.js';
import { Announcer } from './shell/announcer.js';
import { ApiKeyForm } from './shell/api-key-form.js';
import { ConnectionBanner } from './shell/connection-banner.js';
import { NotFound } from './shell/not-found.js';
import { PageHeader } from './shell/page-header.js';
import { useValue } from './state/use-value.js';

/** The page: its frame, and within it what the address asks for. */
export function App({ onApiKey }: { onApiKey: (apiKey: string | null) => void }) {
  const route = useRoute();
  const { isLocked } = useSession();
  const locked = useValue(isLocked);
  return (
    <Announcer>
      <button type="button" className="skip-link" onClick={skipToContent}>
        Skip to content
      </button>
      <PageHeader onForgetKey={() => onApiKey(null)} />
      <ConnectionBanner />
      <main id="content" tabIndex={-1}>
        {locked && <ApiKeyForm onApiKey={onApiKey} />}
        {!locked && route.page === 'list' && <ListPage route={route} />}
        {!locked && route.page === 'request' && <RequestPage key={route.id} route={route} />}
        {!locked && route.page === 'unknown' && <NotFound what="page" />}
      </main>
    </Announcer>
  );
}

/** Not a link: the part of the address after `#` holds the route. */
function skipToContent(): void {
  document.getElementById('content')?.focus();
}
