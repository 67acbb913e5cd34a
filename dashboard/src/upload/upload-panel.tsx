import { navigate } from '../routing/navigate.js';
import { Failure } from '../shell/failure.js';
import { ChangedFile } from './changed-file.js';
import { CsvReport } from './csv-report.js';
import { DropZone } from './drop-zone.js';
import { ExampleFile } from './example-file.js';
import { useUpload } from './use-upload.js';

/** The way of a CSV into the service: chosen, checked, and sent. */
export function UploadPanel() {
  const upload = useUpload((id) => navigate({ page: 'request', id, status: null, image: null }));
  const { file, check, error, hasChanged, isChecking, isSending } = upload;
  const doing = isSending ? 'Sending' : isChecking ? 'Checking' : null;
  return (
    <section className="card upload" aria-label="New request">
      <DropZone fileName={file?.name ?? null} doing={doing} onFile={upload.choose} />
      {!file && <ExampleFile />}
      {error && !check && file && <Failure error={error} onRetry={() => upload.choose(file)} />}
      {hasChanged && !check && file && <ChangedFile name={file.name} />}
      {check && <CsvReport key={upload.attempt} check={check} upload={upload} />}
    </section>
  );
}
