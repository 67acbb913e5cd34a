import { Component, type ReactNode } from 'react';
import { HOME, hrefOf } from '../routing/route.js';
import { PageTitle } from './page-title.js';

/** Stands in for a page that cannot be drawn: without it nothing at all would be seen. A class, for React asks for one. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render() {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <main>
        <section className="card card--narrow stack">
          <PageTitle>This page cannot be shown</PageTitle>
          <p className="muted">
            Something in it went wrong. The service and its work are not touched; the browser’s console has the reason.
          </p>
          <p>
            <button type="button" className="button" onClick={startAnew}>
              To the requests
            </button>
          </p>
        </section>
      </main>
    );
  }
}

/** Loaded anew: what the page has kept in mind may be what cannot be shown. */
function startAnew(): void {
  location.hash = hrefOf(HOME);
  location.reload();
}
