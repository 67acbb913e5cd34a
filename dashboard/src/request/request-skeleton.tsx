/** Stands for a request until it is there, in its size. */
export function RequestSkeleton() {
  return (
    <div aria-busy="true" className="stack">
      <p className="visually-hidden">Loading the request…</p>
      <span className="skeleton skeleton--heading" aria-hidden="true" />
      <div className="card progress-card" aria-hidden="true">
        <span className="skeleton skeleton--line" />
        <span className="skeleton skeleton--line" />
      </div>
    </div>
  );
}
