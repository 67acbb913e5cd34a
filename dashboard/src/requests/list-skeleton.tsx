const ROWS = ['first', 'second', 'third'];

/** Stands for the list until it is there, in its size. */
export function ListSkeleton() {
  return (
    <div className="request-rows" aria-busy="true">
      <p className="visually-hidden">Loading requests…</p>
      {ROWS.map((row) => (
        <div key={row} className="request-row request-row--skeleton" aria-hidden="true">
          <span className="skeleton skeleton--title" />
          <span className="skeleton skeleton--line" />
        </div>
      ))}
    </div>
  );
}
