import { useQuery } from 'urql';
import { useSession } from '../api/use-session.js';
import { ServiceVersionDocument } from '../generated/graphql.js';
import { HOME, hrefOf } from '../routing/route.js';
import logo from './logo.svg';

/** The name of the service, and the ways to its other pages. */
export function PageHeader({ onForgetKey }: { onForgetKey: () => void }) {
  const { apiKey } = useSession();
  const [{ data }] = useQuery({ query: ServiceVersionDocument, variables: {} });
  return (
    <header className="page-header">
      <div className="page-header__inner">
        <a className="brand" href={hrefOf(HOME)}>
          <img src={logo} alt="" width="28" height="28" />
          Pixelpress
          {data && <span className="brand__version">{data.version}</span>}
        </a>
        <nav aria-label="Pixelpress">
          <a href={hrefOf(HOME)}>Requests</a>
          <a href="graphql">GraphQL playground</a>
          {apiKey && (
            <button type="button" className="link-button" onClick={onForgetKey}>
              Forget API key
            </button>
          )}
        </nav>
      </div>
    </header>
  );
}
