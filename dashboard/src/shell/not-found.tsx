import { HOME, hrefOf } from '../routing/route.js';
import { PageTitle } from './page-title.js';

/** Said where the address leads to nothing. */
export function NotFound({ what }: { what: 'page' | 'request' }) {
  return (
    <section className="card card--narrow stack">
      <PageTitle>{`No such ${what}`}</PageTitle>
      <p className="muted">
        {what === 'request'
          ? 'There is no request with this id. It may have been deleted, or belong to another API key.'
          : 'This address leads nowhere.'}
      </p>
      <p>
        <a className="button" href={hrefOf(HOME)}>
          To the requests
        </a>
      </p>
    </section>
  );
}
