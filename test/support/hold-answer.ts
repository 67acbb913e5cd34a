import type { Origin } from './start-origin.js';

type Answer = Parameters<Origin['answers']['set']>[1];

/** A path of the origin that answers, with 404 where nothing else is said, only when it is let go. */
export function holdAnswer(
  origin: Origin,
  path: string,
  answer: Answer = (_, response) => response.writeHead(404).end(),
): () => void {
  const waiting: (() => void)[] = [];
  let isHeld = true;
  origin.answers.set(path, (request, response) => {
    if (isHeld) waiting.push(() => answer(request, response));
    else answer(request, response);
  });
  return () => {
    isHeld = false;
    for (const letGo of waiting.splice(0)) letGo();
  };
}

/** A path of the origin that gives its picture only when it is let go. */
export function holdPicture(origin: Origin, path: string): () => void {
  return holdAnswer(origin, path, (_, response) => {
    origin.answers.delete(path);
    response.writeHead(302, { location: path }).end();
  });
}
