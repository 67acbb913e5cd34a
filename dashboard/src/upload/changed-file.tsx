/** Says that a file is no more what was chosen. */
export function ChangedFile({ name }: { name: string }) {
  return (
    <p className="failure" role="alert">
      {name} was changed, moved or deleted after it was chosen. Choose it again.
    </p>
  );
}
