import { useContext, useState } from 'react';
import { useMutation } from 'urql';
import { errorSentence } from '../api/error-sentence.js';
import { DeleteRequestDocument } from '../generated/graphql.js';
import { AnnounceContext } from '../shell/announce-context.js';
import { ConfirmDialog } from '../shell/confirm-dialog.js';

interface Props {
  id: string;
  fileName: string;
  className: string;
  /** What had the focus is gone: the place that is gone on from takes it. */
  onDeleted: () => void;
}

/** Deletes a request that has ended, after asking. */
export function DeleteButton({ id, fileName, className, onDeleted }: Props) {
  const [asking, setAsking] = useState(false);
  const announce = useContext(AnnounceContext);
  const [{ fetching, error }, deleteRequest] = useMutation(DeleteRequestDocument);
  const confirm = async () => {
    setAsking(false);
    const result = await deleteRequest({ id });
    if (result.error) return;
    announce(`${fileName} was deleted.`);
    onDeleted();
  };
  return (
    <>
      <button
        type="button"
        className={className}
        aria-label={`Delete ${fileName}`}
        disabled={fetching}
        onClick={() => setAsking(true)}
      >
        Delete
      </button>
      {error && (
        <span className="problem" role="alert">
          {errorSentence(error)}
        </span>
      )}
      {asking && (
        <ConfirmDialog
          title={`Delete ${fileName}?`}
          action="Delete it"
          onConfirm={() => void confirm()}
          onClose={() => setAsking(false)}
        >
          Its images, before and after, and both CSV files are removed for good. URLs of these images stop working.
        </ConfirmDialog>
      )}
    </>
  );
}
