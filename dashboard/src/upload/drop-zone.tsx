import { useEffect, useEffectEvent, useState } from 'react';

interface Props {
  /** Of the file that was chosen; null before one is. */
  fileName: string | null;
  /** What is being done with the file: no other is taken meanwhile. */
  doing: 'Checking' | 'Sending' | null;
  onFile: (file: File) => void;
}

/** Takes a file, by click, by keyboard, or dropped anywhere on the page. */
export function DropZone({ fileName, doing, onFile }: Props) {
  const [isOver, setIsOver] = useState(false);
  const onDrop = useEffectEvent((event: DragEvent) => {
    event.preventDefault();
    setIsOver(false);
    const file = event.dataTransfer?.files[0];
    if (file && !doing) onFile(file);
  });
  useEffect(() => {
    // Without this the browser would leave the page and show the file instead.
    const over = (event: DragEvent) => {
      event.preventDefault();
      setIsOver(true);
    };
    const leave = (event: DragEvent) => event.relatedTarget === null && setIsOver(false);
    window.addEventListener('dragover', over);
    window.addEventListener('dragleave', leave);
    window.addEventListener('drop', onDrop);
    return () => {
      window.removeEventListener('dragover', over);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('drop', onDrop);
    };
  }, []);
  return (
    <label className={`drop-zone ${isOver ? 'drop-zone--over' : ''} ${fileName ? 'drop-zone--chosen' : ''}`}>
      <input
        className="visually-hidden"
        type="file"
        accept=".csv,.tsv,.txt,.xlsx,text/csv,text/plain"
        aria-label="CSV file of products"
        disabled={doing !== null}
        onChange={({ target }) => {
          const file = target.files?.[0];
          // Emptied, so that the same file can be chosen again once it is mended.
          target.value = '';
          if (file) onFile(file);
        }}
      />
      <span className="drop-zone__title">
        {doing ? `${doing} ${fileName}…` : (fileName ?? 'Drop a CSV or Excel file here')}
      </span>
      <span className="muted">{hintOf(fileName, doing)}</span>
      {!fileName && (
        <span className="button button--primary" aria-hidden="true">
          Choose a file
        </span>
      )}
      {doing && <span className="drop-zone__busy" role="status" aria-label={`${doing} ${fileName}`} />}
    </label>
  );
}

function hintOf(fileName: string | null, doing: Props['doing']): string {
  if (doing) return 'The next file can be chosen after this one.';
  if (fileName) return 'Choose another file, or drop it here.';
  return 'An export of Shopify or WooCommerce, or a serial number, a product name and image URLs in each row. It is checked before anything is done.';
}
