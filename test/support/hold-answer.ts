import type { Origin } from './start-origin.js';

/** A path of the origin that answers, with 404, only when it is let go. */
export function holdAnswer(origin: Origin, path: string): () => void {
  const waiting: (() => void)[] = [];
  let isHeld = true;
  origin.answers.set(path, (_, response) => {
    const answer = () => response.writeHead(404).end();
    if (isHeld) waiting.push(answer);
    else answer();
  });
  return () => {
    isHeld = false;
    for (const answer of waiting) answer();
  };
}
