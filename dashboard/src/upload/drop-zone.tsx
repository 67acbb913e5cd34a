import { useEffect, useEffectEvent, useState } from 'react';

interface Props {
  /** Of the file that was chosen; null before one is. */
  fileName: string | null;
  /** While the file is checked. */
  isBusy: boolean;
  onFile: (file: File) => void;
}

/** Takes a file, by click, by keyboard, or dropped anywhere on the page. */
export function DropZone({ fileName, isBusy, onFile }: Props) {
  const [isOver, setIsOver] = useState(false);
  const onDrop = useEffectEvent((event: DragEvent) => {
    event.preventDefault();
    setIsOver(false);
    const file = event.dataTransfer?.files[0];
    if (file && !isBusy) onFile(file);
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
        disabled={isBusy}
        onChange={({ target }) => {
          const file = target.files?.[0];
          // Emptied, so that the same file can be chosen again once it is mended.
          target.value = '';
          if (file) onFile(file);
        }}
      />
      <span className="drop-zone__title">
        {isBusy ? `Checking ${fileName}…` : (fileName ?? 'Drop a CSV or Excel file here')}
      </span>
      <span className="muted">
        {fileName
          ? 'Choose another file, or drop it here.'
          : 'An export of Shopify or WooCommerce, or a serial number, a product name and image URLs in each row. It is checked before anything is done.'}
      </span>
      {!fileName && (
        <span className="button button--primary" aria-hidden="true">
          Choose a file
        </span>
      )}
      {isBusy && <span className="drop-zone__busy" role="status" aria-label={`Checking ${fileName}`} />}
    </label>
  );
}
