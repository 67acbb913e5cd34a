import { useEffect, useRef } from 'react';
import { formatThings } from '../format/numbers.js';
import type { CheckCsvMutation } from '../generated/graphql.js';

/** Whether a file can be taken, in a sentence, and what speaks against the whole of it. It takes the focus: it is the answer. */
export function CsvVerdict({ check }: { check: CheckCsvMutation['checkCsv'] }) {
  const verdict = useRef<HTMLDivElement>(null);
  useEffect(() => verdict.current?.focus(), []);
  const reasons = check.userErrors.filter(({ row }) => row === null);
  return (
    <div
      ref={verdict}
      tabIndex={-1}
      className={check.userErrorCount === 0 ? 'verdict verdict--good' : 'verdict verdict--bad'}
    >
      <p>{sentenceOf(check, reasons.length > 0)}</p>
      {reasons.length > 0 && (
        <ul>
          {reasons.map(({ code, column, message }) => (
            <li key={`${code} ${column}`}>{message}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

function sentenceOf({ rows, imageUrls, userErrorCount }: CheckCsvMutation['checkCsv'], isRefused: boolean): string {
  const images = formatThings(imageUrls, 'image');
  if (userErrorCount === 0) return `The file is in order: ${formatThings(rows, 'row')}, ${images}.`;
  if (isRefused) return 'This file cannot be taken.';
  const found = `${formatThings(userErrorCount, 'problem')} found.`;
  if (rows === 0) return `${found} No row is without one, so nothing of this file can be taken.`;
  return `${found} ${formatThings(rows, 'row')} with ${images} can be taken.`;
}
