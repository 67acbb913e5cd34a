import { type FormEvent, useState } from 'react';
import { formatThings } from '../format/numbers.js';
import type { CheckCsvMutation, UploadOptions } from '../generated/graphql.js';
import { Failure } from '../shell/failure.js';
import { ChangedFile } from './changed-file.js';
import { CsvProblems } from './csv-problems.js';
import { CsvVerdict } from './csv-verdict.js';
import { CsvWarnings } from './csv-warnings.js';
import { DIALECT_NAMES } from './dialect-names.js';
import { ExampleFile } from './example-file.js';
import { OptionsFields } from './options-fields.js';
import { readOptions } from './read-options.js';
import type { Upload } from './use-upload.js';

interface Props {
  check: CheckCsvMutation['checkCsv'];
  upload: Upload;
}

/** What the check has found in the file, how to work on it, and the button that sends it. */
export function CsvReport({ check, upload }: Props) {
  const { dialect, optionColumns, rows, imageUrls, userErrors, userErrorCount, warnings, warningCount } = check;
  const [format, setFormat] = useState<NonNullable<UploadOptions['format']>>('KEEP');
  const isGood = userErrorCount === 0;
  const inRows = userErrors.filter(({ row }) => row !== null);
  // What is wrong with the whole file cannot be left out of it.
  const canSkip = !isGood && rows > 0 && inRows.length === userErrors.length;
  const images = formatThings(imageUrls, 'image');
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const options = readOptions(new FormData(event.currentTarget));
    upload.send({ ...options, format, invalidRows: isGood ? 'REFUSE_FILE' : 'SKIP_ROW' });
  };
  return (
    <form className="stack report" onSubmit={submit}>
      <CsvVerdict check={check} />
      {DIALECT_NAMES[dialect] && <p className="muted">Read as a {DIALECT_NAMES[dialect]}.</p>}
      {optionColumns.length > 0 && (
        <p className="muted">Options for each row, over those below, are read from: {optionColumns.join(', ')}.</p>
      )}
      {inRows.length > 0 && (
        <CsvProblems problems={inRows} count={userErrorCount - (userErrors.length - inRows.length)} />
      )}
      {warningCount > 0 && <CsvWarnings warnings={warnings} count={warningCount} />}
      {!isGood && !canSkip && <ExampleFile />}
      {(isGood || canSkip) && <OptionsFields format={format} onFormat={setFormat} />}
      {upload.error && <Failure error={upload.error} />}
      {upload.hasChanged && upload.file && <ChangedFile name={upload.file.name} />}
      <div className="actions">
        {(isGood || canSkip) && (
          <button type="submit" className="button button--primary" disabled={upload.isSending}>
            {upload.isSending ? 'Sending…' : isGood ? `Compress ${images}` : 'Take it without the bad rows'}
          </button>
        )}
        <button type="button" className="button button--quiet" disabled={upload.isSending} onClick={upload.reset}>
          {canSkip || isGood ? 'Not this file' : 'Close'}
        </button>
      </div>
    </form>
  );
}
