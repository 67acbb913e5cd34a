import { withVersion } from '../../src/messaging/message-version.js';
import { readWorkMessage } from '../../src/messaging/read-work-message.js';

const read = (message: unknown) => readWorkMessage(Buffer.from(JSON.stringify(message)));

describe('a message of the work queue', () => {
  it('carries its version, and is read as it was sent', () => {
    const message = { requestId: 'r', imageId: 'i' };
    expect(withVersion(message)).toEqual({ v: 1, requestId: 'r', imageId: 'i' });
    expect(read(withVersion(message))).toEqual({ message });
  });

  it('without a version is of the first, which older programs sent', () => {
    expect(read({ requestId: 'r' })).toEqual({ message: { requestId: 'r' } });
  });

  it('of a newer program is not worked on, and says so', () => {
    expect(read({ v: 2, requestId: 'r' })).toEqual({ reason: 'of a newer program' });
    expect(read({ v: 'x', requestId: 'r' })).toEqual({ reason: 'of a newer program' });
  });

  it('that is none is told apart', () => {
    for (const other of [{}, { requestId: 7 }, 'text', null]) {
      expect(read(other)).toEqual({ reason: 'not a message of ours' });
    }
    expect(readWorkMessage(null)).toEqual({ reason: 'not a message of ours' });
    expect(readWorkMessage(Buffer.from('{'))).toEqual({ reason: 'not a message of ours' });
  });
});
