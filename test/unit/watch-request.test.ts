import { PixelpressError, type PixelpressErrorCode } from '../../src/client/pixelpress-error.js';
import { type RequestStatusEvent, watchRequest } from '../../src/client/watch-request.js';
import { ERROR_STATUS, type ErrorCode } from '../../src/domain/errors.js';
import { collect } from '../support/collect.js';

const event = (revision: number, status = 'PROCESSING', finishedImages: object[] = []) =>
  ({ request: { revision, status }, finishedImages }) as unknown as RequestStatusEvent;

/** A service that gives each subscription what stands in one list, and then ends it; an error is thrown. */
function scripted(...streams: (RequestStatusEvent | PixelpressError)[][]) {
  return async function* () {
    for (const step of streams.shift() ?? []) {
      if (step instanceof PixelpressError) throw step;
      yield { requestStatus: step };
    }
  };
}

const away = (code: PixelpressErrorCode = 'UNREACHABLE') => new PixelpressError(code, 'away');
const noAnswer = async () => {
  throw away();
};
/** What HTTP answers, one after the other. */
const answering =
  (...answers: (RequestStatusEvent | PixelpressError)[]) =>
  async () => {
    const answer = answers.shift() ?? away();
    if (answer instanceof PixelpressError) throw answer;
    return answer.request;
  };
const revisionsOf = (events: RequestStatusEvent[]) => events.map(({ request }) => request.revision);

describe('watching a request', () => {
  it('never tells a lower revision than before, nor the same state twice', async () => {
    const streams = scripted([event(1), event(5), away()], [event(4), event(5), event(6, 'COMPLETED')]);
    expect(revisionsOf(await collect(watchRequest(streams, noAnswer, {})))).toEqual([1, 5, 6]);
  });

  it('does not end with a state that is older than what was seen', async () => {
    const streams = scripted([event(12), away()], [event(10, 'FAILED'), event(13), event(14, 'COMPLETED')]);
    expect(revisionsOf(await collect(watchRequest(streams, noAnswer, {})))).toEqual([12, 13, 14]);
    const asked = watchRequest(
      scripted([event(12), away()], [event(14, 'COMPLETED')]),
      answering(event(10, 'FAILED')),
      {},
    );
    expect(revisionsOf(await collect(asked))).toEqual([12, 14]);
  });

  it('goes on over HTTP where no socket is let through, to the terminal state, and calls that no loss', async () => {
    const heard: (string | null)[] = [];
    const ask = answering(event(3), event(4), event(5, 'COMPLETED'));
    const options = { patienceMs: 0, onConnection: (lost: PixelpressError | null) => heard.push(lost?.code ?? null) };
    expect(revisionsOf(await collect(watchRequest(scripted([]), ask, options)))).toEqual([3, 4, 5]);
    expect(heard).toEqual(['UNAVAILABLE', null]);
  });

  it('goes on over HTTP where a proxy leaves the socket without an answer', async () => {
    import.meta.jest.useFakeTimers();
    try {
      const silent = async function* (stop: AbortSignal) {
        await new Promise((stopped) => stop.addEventListener('abort', stopped));
        yield* [];
      };
      const events = collect(watchRequest(silent, answering(event(3), event(4, 'COMPLETED')), {}));
      await import.meta.jest.advanceTimersByTimeAsync(60_000);
      expect(revisionsOf(await events)).toEqual([3, 4]);
    } finally {
      import.meta.jest.useRealTimers();
    }
  });

  it('ends with what HTTP says of the request, and not with what a proxy says', async () => {
    const ask = answering(new PixelpressError('INTERNAL', 'a page of a proxy'), away('NOT_FOUND'));
    await expect(collect(watchRequest(scripted([]), ask, {}))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('tells of images that ended although the revision stands', async () => {
    const streams = scripted([event(1), event(1, 'PROCESSING', [{}]), event(2, 'FAILED')]);
    expect(revisionsOf(await collect(watchRequest(streams, noAnswer, {})))).toEqual([1, 1, 2]);
  });

  it('ends with the terminal state, whatever comes after it', async () => {
    const streams = scripted([event(1), event(2, 'CANCELLED'), event(3)]);
    expect(revisionsOf(await collect(watchRequest(streams, noAnswer, {})))).toEqual([1, 2]);
  });

  it('subscribes again where a service that stops has ended its stream', async () => {
    const heard: (string | null)[] = [];
    const streams = scripted([event(1)], [event(2, 'COMPLETED')]);
    const events = watchRequest(streams, noAnswer, { onConnection: (lost) => heard.push(lost?.code ?? null) });
    expect(revisionsOf(await collect(events))).toEqual([1, 2]);
    expect(heard).toEqual(['UNAVAILABLE', null]);
  });

  it('ends with an error that does not pass', async () => {
    await expect(collect(watchRequest(scripted([away('NOT_FOUND')]), noAnswer, {}))).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('ends a wait for the next try at once', async () => {
    let isLost = () => {};
    const lost = new Promise<void>((resolve) => {
      isLost = resolve;
    });
    const events = watchRequest(scripted([away()], [event(1)]), noAnswer, { onConnection: isLost });
    const waiting = events.next();
    await lost;
    await events.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });
});

describe('the errors of the client', () => {
  it('know every code of the service', () => {
    // What the compiler holds: a code that the client does not know would not be assignable.
    const known: PixelpressErrorCode[] = Object.keys(ERROR_STATUS) as ErrorCode[];
    expect(known).toContain('INVALID_CSV');
  });
});
