import { navigate } from '../routing/navigate.js';
import { Failure } from '../shell/failure.js';
import { CsvReport } from './csv-report.js';
import { DropZone } from './drop-zone.js';
import { ExampleFile } from './example-file.js';
import { useUpload } from './use-upload.js';

/** The way of a CSV into the service: chosen, checked, and sent. */
export function UploadPanel() {
  const upload = useUpload((id) => navigate({ page: 'request', id, status: null, image: null }));
  const { file, check, error, isChecking } = upload;
  return (
    <section className="card upload" aria-label="New request">
      <DropZone fileName={file?.name ?? null} isBusy={isChecking} onFile={upload.choose} />
      {!file && <ExampleFile />}
      {error && !check && file && <Failure error={error} onRetry={() => upload.choose(file)} />}
      {check && <CsvReport key={upload.attempt} check={check} upload={upload} />}
    </section>
  );
}
