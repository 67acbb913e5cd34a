import { type ReactNode, useState } from 'react';
import { downloadFile } from '../api/download-file.js';
import { useSession } from '../api/use-session.js';

interface Props {
  /** As the service gives it out. */
  url: string;
  /** What the file is saved as, where the service does not name it. */
  fileName: string;
  className: string;
  children: ReactNode;
  /** For a screen reader, where the text alone does not say which file is meant. */
  label?: string;
}

/** A link to a file of a request; with an API key it is fetched with that, which a link cannot send. */
export function DownloadLink({ url, fileName, className, children, label }: Props) {
  const { apiKey } = useSession();
  const [problem, setProblem] = useState<string | null>(null);
  // From where this page came from, under whatever name: only there is it let in.
  const { pathname } = new URL(url, document.baseURI);
  if (!apiKey) {
    return (
      <a className={className} href={pathname} download={fileName} aria-label={label}>
        {children}
      </a>
    );
  }
  const download = () => {
    setProblem(null);
    downloadFile(pathname, apiKey, fileName).catch((error: Error) => setProblem(error.message));
  };
  return (
    <>
      <button type="button" className={className} aria-label={label} onClick={download}>
        {children}
      </button>
      {problem && (
        <span className="problem" role="alert">
          {problem}
        </span>
      )}
    </>
  );
}
