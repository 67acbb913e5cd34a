import type { RequestId } from '../../src/domain/ids.js';
import { createHostGate, HostBusyError } from '../../src/images/host-gate.js';

const signal = new AbortController().signal;
const requestId = 'r' as RequestId;

describe('the host gate', () => {
  it('lets as many in as a host may have, and the next one in turn when one leaves', async () => {
    const gate = createHostGate({ perHost: 2, slowAfterMs: 10_000 });
    const order: string[] = [];
    const enter = async (name: string) => {
      const leave = await gate.enter('a', requestId, signal);
      order.push(name);
      return leave;
    };
    const first = await gate.enter('a', requestId, signal);
    await gate.enter('a', requestId, signal);
    const waiting = ['third', 'fourth'].map((name) => enter(name));
    await gate.enter('b', requestId, signal);
    expect(order).toEqual([]);
    first();
    (await waiting[0])?.();
    await waiting[1];
    expect(order).toEqual(['third', 'fourth']);
  });

  it('lets nobody wait for a host that is full and slow', async () => {
    const gate = createHostGate({ perHost: 1, slowAfterMs: 30 });
    await gate.enter('a', requestId, signal);
    await expect(gate.enter('a', requestId, signal)).rejects.toThrow(HostBusyError);
    await expect(gate.enter('a', requestId, signal)).rejects.toThrow(HostBusyError);
    await expect(gate.enter('b', requestId, signal)).resolves.toBeInstanceOf(Function);
  });

  it('gives up waiting when its signal aborts', async () => {
    const gate = createHostGate({ perHost: 1, slowAfterMs: 10_000 });
    const leave = await gate.enter('a', requestId, signal);
    const abort = new AbortController();
    const waiting = gate.enter('a', requestId, abort.signal);
    abort.abort(new Error('stopped'));
    await expect(waiting).rejects.toThrow('stopped');
    leave();
    (await gate.enter('a', requestId, signal))();
  });
});
