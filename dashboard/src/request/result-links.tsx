import { outputFileName } from '../format/output-file-name.js';
import type { RequestDetailsFragment } from '../generated/graphql.js';
import { DownloadLink } from './download-link.js';

/** What there is to take home of a request that has ended: each only where something is in it. */
export function ResultLinks({ request }: { request: RequestDetailsFragment }) {
  const { fileName, counts, skippedRowCount, outputCsvUrl, resultsZipUrl, errorsCsvUrl } = request;
  const hasErrors = counts.failed + counts.cancelled + skippedRowCount > 0;
  return (
    <>
      {outputCsvUrl && (
        <DownloadLink url={outputCsvUrl} fileName={outputFileName(fileName)} className="button button--primary">
          Download output CSV
        </DownloadLink>
      )}
      {resultsZipUrl && counts.completed > 0 && (
        <DownloadLink url={resultsZipUrl} fileName={outputFileName(fileName, 'results.zip')} className="button">
          Images as ZIP
        </DownloadLink>
      )}
      {errorsCsvUrl && hasErrors && (
        <DownloadLink url={errorsCsvUrl} fileName={outputFileName(fileName, 'errors.csv')} className="button">
          Rows to mend
        </DownloadLink>
      )}
    </>
  );
}
