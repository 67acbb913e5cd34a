import { useState } from 'react';
import { type CombinedError, useMutation } from 'urql';
import {
  CheckCsvDocument,
  type CheckCsvMutation,
  UploadCsvDocument,
  type UploadOptions,
} from '../generated/graphql.js';
import { createUploadKey } from './create-upload-key.js';

export interface Upload {
  file: File | null;
  /** What the service says of the file; null until it has. */
  check: CheckCsvMutation['checkCsv'] | null;
  error: CombinedError | undefined;
  isChecking: boolean;
  isSending: boolean;
  /** Counts the files chosen: what was set for one is not taken over to the next. */
  attempt: number;
  choose(file: File): void;
  send(options: UploadOptions): void;
  reset(): void;
}

/** The state of one upload. `onTaken` gets the id of the request that was made of it. */
export function useUpload(onTaken: (id: string) => void): Upload {
  const [file, setFile] = useState<File | null>(null);
  const [check, setCheck] = useState<Upload['check']>(null);
  const [error, setError] = useState<CombinedError>();
  const [attempt, setAttempt] = useState(0);
  const [sent, setSent] = useState({ options: '', key: '' });
  const [checking, checkCsv] = useMutation(CheckCsvDocument);
  const [sending, uploadCsv] = useMutation(UploadCsvDocument);

  const reset = () => {
    setFile(null);
    setCheck(null);
    setError(undefined);
  };
  const choose = async (chosen: File) => {
    reset();
    setFile(chosen);
    setAttempt((count) => count + 1);
    const result = await checkCsv({ file: chosen });
    setCheck(result.data?.checkCsv ?? null);
    setError(result.error);
  };
  const send = async (options: UploadOptions) => {
    if (!file) return;
    // One key as long as the same is asked for: sent again after a lost answer, it makes no second request.
    const asked = JSON.stringify([attempt, options]);
    const key = asked === sent.options ? sent.key : createUploadKey();
    setSent({ options: asked, key });
    setError(undefined);
    const { data, error: failure } = await uploadCsv({ file, options: { ...options, idempotencyKey: key } });
    if (data?.uploadCsv.request) {
      reset();
      onTaken(data.uploadCsv.request.id);
    } else if (data && check) setCheck({ ...check, ...data.uploadCsv });
    else setError(failure);
  };
  return {
    file,
    check,
    error,
    isChecking: checking.fetching,
    isSending: sending.fetching,
    attempt,
    choose: (chosen) => void choose(chosen),
    send: (options) => void send(options),
    reset,
  };
}
