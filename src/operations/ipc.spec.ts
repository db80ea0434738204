import { fork } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Peer, type IpcRequest } from './ipc.js';

const DOUBLE: IpcRequest<number, number> = { name: 'double', timeoutMs: 60_000 };
const SLEEP: IpcRequest<null, string> = { name: 'sleep', timeoutMs: 60_000 };

type Channel = Parameters<typeof Peer.ofWorker>[0] & EventEmitter;

/** Both ends of a channel; what is sent arrives a turn later, as JSON. */
function channel(): [primary: Channel, worker: Channel, close: () => void] {
  const ends = [new EventEmitter(), new EventEmitter()].map((end) => Object.assign(end, { connected: true }));
  const send = (to: EventEmitter) => (message: unknown) => {
    const text = JSON.stringify(message);
    return setImmediate(() => to.emit('message', JSON.parse(text)));
  };
  const close = () => {
    for (const end of ends) {
      end.connected = false;
      end.emit('disconnect');
    }
  };
  const [primary, worker] = ends.map((end, nth) => Object.assign(end, { send: send(ends[1 - nth]) }));
  return [primary as unknown as Channel, worker as unknown as Channel, close];
}

async function connected() {
  const [primaryEnd, workerEnd, close] = channel();
  const worker = Peer.ofWorker(primaryEnd);
  const primary = Peer.ofPrimary(workerEnd);
  await once(primaryEnd, 'message');
  return { worker, primary, close };
}

const sleep = (finish: AbortSignal) =>
  new Promise<string>((resolve) => finish.addEventListener('abort', () => resolve('until then')));

describe('a peer', () => {
  it('is asked from either end', async () => {
    const { worker, primary } = await connected();
    worker.answer(DOUBLE, (n) => 2 * n);
    primary.answer(DOUBLE, (n) => Promise.resolve(20 * n));
    await expect(Promise.all([1, 2, 3].map((n) => primary.ask(DOUBLE, n)))).resolves.toEqual([2, 4, 6]);
    await expect(worker.ask(DOUBLE, 1)).resolves.toBe(20);
  });

  it('is not asked before it hears, and gives no answer to what it does not know', async () => {
    const [primaryEnd, workerEnd] = channel();
    const worker = Peer.ofWorker(primaryEnd);
    await expect(worker.ask(DOUBLE, 1)).resolves.toBeNull();
    Peer.ofPrimary(workerEnd);
    await once(primaryEnd, 'message');
    await expect(worker.ask(DOUBLE, 1)).resolves.toBeNull();
  });

  it('gives the reason for which it failed', async () => {
    const { worker, primary } = await connected();
    primary.answer(DOUBLE, () => Promise.reject(new Error('no numbers left')));
    await expect(worker.ask(DOUBLE, 1)).rejects.toThrow('no numbers left');
  });

  it('gives what there is until then, once it is told to finish', async () => {
    const { worker, primary } = await connected();
    primary.answer(SLEEP, (_, finish) => sleep(finish));
    const finish = new AbortController();
    const answer = worker.ask(SLEEP, null, { finish: finish.signal });
    finish.abort();
    await expect(answer).resolves.toBe('until then');
  });

  it('is told to finish when nobody waits any more', async () => {
    const { worker, primary } = await connected();
    const finished = new Promise<string>((resolve) =>
      primary.answer(SLEEP, async (_, finish) => {
        resolve(await sleep(finish));
        return '';
      }),
    );
    await expect(worker.ask(SLEEP, null, { timeoutMs: 1 })).resolves.toBeNull();
    await expect(finished).resolves.toBe('until then');
  });

  it('gives no answer once its channel is closed', async () => {
    const { worker, primary, close } = await connected();
    primary.answer(SLEEP, (_, finish) => sleep(finish));
    const answer = worker.ask(SLEEP, null);
    close();
    await worker.gone;
    await expect(answer).resolves.toBeNull();
    await expect(worker.ask(SLEEP, null)).resolves.toBeNull();
  });
});

it('a process that ends fails nobody', async () => {
  const child = fork('-', [], { execArgv: ['-e', `process.on('message', () => process.exit())`] });
  const worker = Peer.ofWorker(child);
  child.emit('message', { sightline: 'ready' });
  await expect(worker.ask(SLEEP, null)).resolves.toBeNull();
  await expect(worker.ask(SLEEP, null)).resolves.toBeNull();
});
