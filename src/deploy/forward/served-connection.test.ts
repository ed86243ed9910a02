/** How a connection waits for a pod, and when what it sent goes to another one. */
import { duplexPair, type Duplex } from 'node:stream';
import { expect, it } from 'vitest';
import { ManualClock } from '../../../test/rigs/manual-clock.ts';
import { ClusterLost } from '../../clusters/api/api-error.ts';
import { PodPortRefused } from '../../clusters/api/pod-port.ts';
import { onAbort } from '../../util/abort.ts';
import type { Target } from './followed-resource.ts';
import { serveConnection, type Route } from './served-connection.ts';

const refused = new PodPortRefused('failed to connect to localhost:80: connection refused');
const noPod: Target = { reason: 'has no pods', isMistake: false };

/** Pods of a test, by name: what each does with a connection. What breaks it is an error of this side, as `openPodPort` has it. */
type Pods = Readonly<Record<string, (pod: Duplex, side: Duplex) => void>>;

/** A route over pods that the test names. */
class ScriptedRoute implements Route {
  readonly opened: string[] = [];
  readonly avoided: string[][] = [];
  #wake: () => void = () => undefined;

  constructor(
    readonly pods: Pods,
    public now: Target,
  ) {}

  target(avoid: ReadonlySet<string>): Target {
    this.avoided.push([...avoid]);
    return this.now;
  }

  async changed(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      onAbort(signal, () => resolve());
    });
  }

  change(to: Target): void {
    this.now = to;
    this.#wake();
  }

  async open({ pod }: Exclude<Target, { readonly reason: string }>): Promise<Duplex> {
    this.opened.push(pod);
    const [near, far] = duplexPair();
    this.pods[pod]?.(far, near);
    return await Promise.resolve(near);
  }
}

const web = (name: string): Target => ({ pod: name, port: 80 });
const answers = (pod: Duplex) => void pod.once('data', (bytes: Buffer) => pod.end(`${bytes.toString()} from a pod`));
const breaks = (error?: Error) => (pod: Duplex, side: Duplex) => void pod.once('data', () => side.destroy(error));

class Connection {
  readonly clock = new ManualClock();
  readonly client: Duplex;
  readonly served: Promise<string | undefined>;
  text = '';

  constructor(readonly route: ScriptedRoute) {
    const [client, near] = duplexPair();
    this.client = client;
    client.on('data', (bytes: Buffer) => (this.text += bytes.toString())).on('error', () => undefined);
    const signal = new AbortController().signal;
    this.served = serveConnection(near, route, { clock: this.clock, signal, waitMs: 30_000 });
  }
}

it('joins a connection with the pod', async () => {
  const connection = new Connection(new ScriptedRoute({ a: answers }, web('a')));
  connection.client.write('hello');
  expect(await connection.served).toBeUndefined();
  await expect.poll(() => connection.text).toBe('hello from a pod');
});

it('waits for a pod, and goes on at once when there is one', async () => {
  const route = new ScriptedRoute({ a: answers }, noPod);
  const connection = new Connection(route);
  connection.client.write('hello');
  await connection.clock.untilSleeping();
  route.change(web('a'));
  expect(await connection.served).toBeUndefined();
  await expect.poll(() => connection.text).toBe('hello from a pod');
});

it('is closed with the reason if there is none in time', async () => {
  const connection = new Connection(new ScriptedRoute({}, noPod));
  expect(await connection.clock.whileTimePasses(connection.served)).toBe('has no pods');
});

it('is closed at once if waiting does not help', async () => {
  const connection = new Connection(new ScriptedRoute({}, { reason: 'has no port 81', isMistake: true }));
  expect(await connection.served).toBe('has no port 81');
});

it('sends again what nobody got: nothing listened yet', async () => {
  const route = new ScriptedRoute({ a: breaks(refused), b: answers }, web('a'));
  const connection = new Connection(route);
  connection.client.write('hello');
  await connection.clock.untilSleeping();
  route.change(web('b'));
  expect(await connection.served).toBeUndefined();
  await expect.poll(() => connection.text).toBe('hello from a pod');
  expect(route.opened).toEqual(['a', 'b']);
  expect(route.avoided.at(-1)).toEqual(['a']);
});

it('says that nothing listens if that stays so', async () => {
  const connection = new Connection(new ScriptedRoute({ a: breaks(refused) }, web('a')));
  connection.client.write('hello');
  const why = await connection.clock.whileTimePasses(connection.served);
  expect(why).toBe('is there, but nothing listens on port 80 of pod a');
});

it('never sends twice what a pod may have got', async () => {
  const route = new ScriptedRoute({ a: breaks(new ClusterLost('the connection broke')) }, web('a'));
  const connection = new Connection(route);
  connection.client.write('POST');
  expect(await connection.served).toBe('does not answer on port 80 of pod a: the connection broke');
  expect(route.opened).toEqual(['a']);
});

it('does not wait for a pod that closes the connection without an error', async () => {
  const connection = new Connection(new ScriptedRoute({ a: breaks() }, web('a')));
  connection.client.write('POST');
  expect(await connection.served).toBe('does not answer on port 80 of pod a: the connection was closed');
});

it('keeps no more than it needs: a large request goes to one pod', async () => {
  let received = 0;
  const counts = (pod: Duplex) =>
    void pod.on('data', (bytes: Buffer) => {
      received += bytes.length;
      if (received === 500_000) pod.end('done');
    });
  const connection = new Connection(new ScriptedRoute({ a: counts }, web('a')));
  connection.client.end(Buffer.alloc(500_000));
  expect(await connection.served).toBeUndefined();
  await expect.poll(() => connection.text).toBe('done');
});
