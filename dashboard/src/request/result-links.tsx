import { outputFileName } from '../format/output-file-name.js';
import type { RequestDetailsFragment } from '../generated/graphql.js';
import { DownloadLink } from './download-link.js';

/** What there is to take home of a request that has ended: each only where something is in it. */
export function ResultLinks({ request }: { request: RequestDetailsFragment }) {
  const { fileName, counts, outputCsvUrl, resultsZipUrl } = request;
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
    </>
  );
}
