import { useContext, useEffect } from 'react';
import type { RequestDetailsFragment } from '../generated/graphql.js';
import { STATUS_NAMES } from '../progress/status-names.js';
import { AnnounceContext } from '../shell/announce-context.js';

/** Steps of progress that are said aloud: more would talk over everything else. */
const STEPS = 4;

/** Says to a screen reader how a request comes on: each quarter, and each change of its state. */
export function useAnnouncements(request: RequestDetailsFragment | null | undefined): void {
  const announce = useContext(AnnounceContext);
  const sentence = request ? sentenceOf(request) : null;
  useEffect(() => {
    if (sentence) announce(sentence);
  }, [sentence, announce]);
}

function sentenceOf({ fileName, status, progress, counts }: RequestDetailsFragment): string {
  const state = `${fileName}: ${STATUS_NAMES[status].toLowerCase()}`;
  if (progress < 1) return `${state}, ${(100 / STEPS) * Math.floor(STEPS * progress)} %`;
  return `${state}. ${counts.completed} compressed, ${counts.failed} failed.`;
}
