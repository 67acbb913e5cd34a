import { useEffect, useRef, useState } from 'react';
import { type CombinedError, useMutation } from 'urql';
import {
  CheckCsvDocument,
  type CheckCsvMutation,
  UploadCsvDocument,
  type UploadOptions,
} from '../generated/graphql.js';
import { createUploadKey } from './create-upload-key.js';
import { isReadable } from './is-readable.js';

export interface Upload {
  file: File | null;
  /** What the service says of the file; null until it has. */
  check: CheckCsvMutation['checkCsv'] | null;
  error: CombinedError | undefined;
  /** The file is no more what was chosen, and the browser reads it no more: only choosing it again helps. */
  hasChanged: boolean;
  isChecking: boolean;
  isSending: boolean;
  /** Counts the files chosen: what was set for one is not taken over to the next. */
  attempt: number;
  choose(file: File): void;
  send(options: UploadOptions): void;
  reset(): void;
}

/** The state of one upload. `onTaken` gets the id of the request that was made of it, unless the page was left meanwhile. */
export function useUpload(onTaken: (id: string) => void): Upload {
  const [file, setFile] = useState<File | null>(null);
  const [check, setCheck] = useState<Upload['check']>(null);
  const [error, setError] = useState<CombinedError>();
  const [hasChanged, setHasChanged] = useState(false);
  const [attempt, setAttempt] = useState(0);
  const [sent, setSent] = useState({ options: '', key: '' });
  const [checking, checkCsv] = useMutation(CheckCsvDocument);
  const [sending, uploadCsv] = useMutation(UploadCsvDocument);
  const isThere = useRef(false);
  useEffect(() => {
    isThere.current = true;
    return () => {
      isThere.current = false;
    };
  }, []);

  const fail = async (tried: File, failure: CombinedError | undefined) => {
    // To the page, a file that cannot be read looks like a service that cannot be reached.
    if (failure?.networkError && !(await isReadable(tried))) setHasChanged(true);
    else setError(failure);
  };

  const reset = () => {
    setFile(null);
    setCheck(null);
    setError(undefined);
    setHasChanged(false);
  };
  const choose = async (chosen: File) => {
    reset();
    setFile(chosen);
    setAttempt((count) => count + 1);
    const result = await checkCsv({ file: chosen });
    setCheck(result.data?.checkCsv ?? null);
    await fail(chosen, result.error);
  };
  const send = async (options: UploadOptions) => {
    if (!file) return;
    // One key as long as the same is asked for: sent again after a lost answer, it makes no second request.
    const asked = JSON.stringify([attempt, options]);
    const key = asked === sent.options ? sent.key : createUploadKey();
    setSent({ options: asked, key });
    setError(undefined);
    setHasChanged(false);
    const { data, error: failure } = await uploadCsv({ file, options: { ...options, idempotencyKey: key } });
    if (data?.uploadCsv.request) {
      reset();
      if (isThere.current) onTaken(data.uploadCsv.request.id);
    } else if (data && check) setCheck({ ...check, ...data.uploadCsv });
    else await fail(file, failure);
  };
  return {
    file,
    check,
    error,
    hasChanged,
    isChecking: checking.fetching,
    isSending: sending.fetching,
    attempt,
    choose: (chosen) => void choose(chosen),
    send: (options) => void send(options),
    reset,
  };
}
