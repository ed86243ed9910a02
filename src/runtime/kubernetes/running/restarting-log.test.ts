import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KubeletLog, TurningClock, type LogFault } from '../../../../test/rigs/kubelet-log.ts';
import { ApiError } from '../../../clusters/api/api-error.ts';
import type { ClusterClient, ClusterRequest } from '../../../clusters/api/cluster-client.ts';
import type { ContainerState, LogChunk, LogPosition } from '../../running-container.ts';
import { StatusFeed } from '../../status-feed.ts';
import { restartingLog } from './restarting-log.ts';

const place = { namespace: 'n', pod: 'p', container: 'main' };
const { signal: never } = new AbortController();

/** A container with one log for each process. The kubelet serves the last two; the cluster's status follows later. */
class Restarting {
  readonly clock = new TurningClock();
  readonly feed: StatusFeed;
  readonly logs: KubeletLog[] = [];
  #finished = false;
  #nanos = 0;
  #requests = 0;
  readonly #watch = new AbortController();

  /** @param latencies how long requests take to reach the kubelet, in turn, in milliseconds */
  constructor(readonly latencies: readonly number[] = []) {
    this.feed = new StatusFeed(this.#status({ phase: 'waiting', reason: 'ContainerCreating' }, 0), this.#watch.signal);
  }

  /** Starts a process. `lagMs`: when the cluster reports it. */
  async start(lagMs: number, faults: readonly LogFault[] = []): Promise<void> {
    this.logs.push(new KubeletLog([...faults]));
    await this.clock.sleep(lagMs);
    this.feed.set(this.#status({ phase: 'running', startedAt: this.clock.now() }, this.logs.length - 1));
  }

  /** @param setBackMs by how much the node's clock was set back */
  print(text: string, setBackMs = 0): void {
    // One line may have the stamp of the one before.
    this.#nanos += text.length % 2;
    const ms = this.clock.now() - setBackMs;
    const stamp = { seconds: Math.floor(ms / 1_000), nanos: (ms % 1_000) * 1e6 + this.#nanos };
    this.logs.at(-1)?.print({ stamp, bytes: Buffer.from(text) });
  }

  async end(lagMs: number): Promise<void> {
    this.logs.at(-1)?.end();
    await this.clock.sleep(lagMs);
    this.feed.set(this.#status({ phase: 'ended', exitCode: 1 }, this.logs.length - 1));
  }

  /** The pod will run no other process. */
  finish(): void {
    this.#finished = true;
    this.feed.set({ ...this.feed.status, imageId: 'finished' });
  }

  read(from: LogPosition = {}, signal = never): AsyncIterable<LogChunk> {
    return restartingLog(
      { client: this.#client, clock: this.clock, place, feed: this.feed, finished: () => this.#finished },
      from,
      signal,
    );
  }

  get #client(): ClusterClient {
    const open = async (method: string, path: string, request: ClusterRequest = {}) => {
      const { previous, ...query } = request.query ?? {};
      const latency = this.latencies[this.#requests++ % this.latencies.length] ?? 0;
      if (latency > 0) await this.clock.sleep(latency);
      const log = this.logs[this.logs.length - (previous === true ? 2 : 1)];
      if (log === undefined) throw new ApiError(400, 'previous terminated container "main" in pod "p" not found');
      return await log.client.open(method, path, { ...request, query });
    };
    return { open } as unknown as ClusterClient;
  }

  #status(state: ContainerState, restarts: number) {
    return { state, restarts, ready: state.phase === 'running', image: 'i' };
  }
}

async function collect(source: AsyncIterable<LogChunk>) {
  const pieces = [''];
  const lost: string[] = [];
  const positions: LogPosition[] = [];
  /** The indexes of positions after the first bytes of another log. */
  const begins: number[] = [];
  let cursor = 0;
  for await (const chunk of source) {
    expect(chunk.cursor).toBeGreaterThanOrEqual(cursor);
    cursor = chunk.cursor;
    if ('lost' in chunk) {
      lost.push(chunk.lost);
      pieces.push('');
    } else pieces.push(`${pieces.pop() ?? ''}${Buffer.from(chunk.bytes).toString()}`);
    if (chunk.begins) begins.push(positions.length);
    positions.push({ cursors: { combined: chunk.cursor }, ...(chunk.mark !== undefined && { mark: chunk.mark }) });
  }
  return { pieces, lost, positions, begins, text: pieces.join('') };
}

/** How one process lives. Times in milliseconds. */
interface Life {
  readonly startLag: number;
  readonly lines: readonly { readonly text: string; readonly pause: number }[];
  readonly endLag: number;
  readonly away: number;
}
const life = fc.record<Life>({
  startLag: fc.nat(1_000),
  lines: fc.array(fc.record({ text: fc.constantFrom('a\n', 'bb\n', 'a line\n', 'open'), pause: fc.nat(1_500) }), {
    maxLength: 5,
  }),
  endLag: fc.nat(1_000),
  away: fc.integer({ min: 1_500, max: 12_000 }),
});
const fault = fc.record({ after: fc.nat(60), as: fc.constantFrom('cut' as const, 'refused' as const) });

async function live(container: Restarting, lives: readonly Life[], faults: readonly (readonly LogFault[])[] = []) {
  let printed = '';
  for (const [n, { startLag, lines, endLag, away }] of lives.entries()) {
    await container.start(startLag, faults[n]);
    for (const [i, { text, pause }] of lines.entries()) {
      const line = `${n}.${i} ${text}`;
      container.print(line);
      printed += line;
      await container.clock.sleep(pause + 10);
    }
    await container.end(endLag);
    if (n < lives.length - 1) await container.clock.sleep(away);
  }
  for (const log of container.logs) log.recover();
  await container.clock.sleep(1_000);
  container.finish();
  return printed;
}

describe('the logs of a container that restarts', () => {
  test('every byte once and in order, however late the cluster reports', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(life, { minLength: 1, maxLength: 4 }), async (lives) => {
        const container = new Restarting();
        const [heard, printed] = await Promise.all([collect(container.read()), live(container, lives)]);
        expect(heard).toMatchObject({ text: printed, lost: [] });
      }),
      { numRuns: 60 },
    );
  });

  test('every byte once, also if the container restarts between two requests', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(life, { minLength: 2, maxLength: 3 }),
        fc.array(fc.nat(1_200), { minLength: 1, maxLength: 7 }),
        async (lives, latencies) => {
          const container = new Restarting(latencies);
          // At most one restart between two looks.
          const rare = lives.map((each) => ({ ...each, away: each.away + 8_000 }));
          const [heard, printed] = await Promise.all([collect(container.read()), live(container, rare)]);
          expect(heard).toMatchObject({ text: printed, lost: [] });
        },
      ),
      { numRuns: 60 },
    );
  });

  test.each([0, 1, 2, 3, 4])('a restart while request %i of five is on its way', async (slow) => {
    for (let offset = 0; offset <= 3_000; offset += 150) {
      const container = new Restarting(Array.from({ length: 5 }, (_, i) => (i === slow ? 1_500 : 40)));
      const reading = collect(container.read());
      await container.start(0);
      container.print('first\n');
      await container.clock.sleep(offset);
      await container.end(600);
      await container.start(600);
      container.print('second\n');
      await container.clock.sleep(9_000);
      await container.end(0);
      container.finish();
      expect(await reading, `${offset} ms`).toMatchObject({ text: 'first\nsecond\n', lost: [] });
    }
  });

  test('a clock that was set back: another reader finds its line', async () => {
    const container = new Restarting();
    await container.start(0);
    container.print('early\n');
    await container.clock.sleep(5_000);
    const cancel = new AbortController();
    const reading = collect(container.read({}, cancel.signal));
    container.print('back\n', 20_000);
    await container.clock.sleep(1_000);
    cancel.abort();
    const { positions } = await reading;
    container.print('more\n', 20_000);
    await container.end(0);
    await container.start(0);
    container.print('next\n');
    await container.clock.sleep(1_000);
    await container.end(0);
    container.finish();
    expect(await collect(container.read(positions.at(-1)))).toMatchObject({ text: 'more\nnext\n', lost: [] });
  });

  test('streams that are cut or refused: no byte twice, and each gap is reported', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(life, { minLength: 1, maxLength: 4 }),
        fc.array(fc.array(fault, { maxLength: 3 }), { maxLength: 4 }),
        async (lives, faults) => {
          const container = new Restarting();
          const [heard, printed] = await Promise.all([collect(container.read()), live(container, lives, faults)]);
          if (heard.lost.length === 0) expect(heard.text).toBe(printed);
          let at = 0;
          for (const piece of heard.pieces) {
            const found = printed.indexOf(piece, at);
            expect(found, `${JSON.stringify(piece)} after ${at} of ${JSON.stringify(printed)}`).toBeGreaterThanOrEqual(
              0,
            );
            at = found + piece.length;
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test('another reader continues from any position while the cluster has the log', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(life, { minLength: 1, maxLength: 2 }), fc.nat(), async (lives, pick) => {
        const container = new Restarting();
        const [heard, printed] = await Promise.all([collect(container.read()), live(container, lives)]);
        const from = heard.positions[pick % Math.max(1, heard.positions.length)] ?? {};
        const rest = await collect(container.read(from));
        expect(rest).toMatchObject({ text: printed.slice(from.cursors?.combined ?? 0), lost: [] });
        // Without the mark, too, as long as nothing is lost.
        const counted = await collect(container.read({ cursors: from.cursors ?? {} }));
        expect(counted.text).toBe(rest.text);
      }),
      { numRuns: 60 },
    );
  });

  test('a mark that is behind the cursor is enough, if it is of the same log', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(life, { minLength: 1, maxLength: 4 }), fc.nat(), async (lives, pick) => {
        const container = new Restarting();
        const [{ positions, begins }, printed] = await Promise.all([collect(container.read()), live(container, lives)]);
        fc.pre(positions.length > 0);
        const last = pick % positions.length;
        const first = begins.findLast((index) => index <= last) ?? 0;
        const { cursors = {} } = positions[last] ?? {};
        const { mark } = positions[first] ?? {};
        const rest = await collect(container.read({ cursors, ...(mark !== undefined && { mark }) }));
        // What the cluster no longer has is reported, and nothing comes twice.
        const expected = printed.slice(cursors.combined ?? 0);
        if (rest.lost.length === 0) expect(rest.text).toBe(expected);
        expect(expected.endsWith(rest.text), JSON.stringify([rest.text, expected])).toBe(true);
        if (lives.length <= 2) expect(rest.lost).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test('leaves out what was written before a time, and a later reader goes on from there', async () => {
    const container = new Restarting();
    await container.start(0);
    container.print('old\n');
    await container.clock.sleep(500);
    await container.end(0);
    await container.start(0);
    container.print('also old\n');
    await container.clock.sleep(500);
    const since = container.clock.now();
    container.print('one\n');
    const cancel = new AbortController();
    const reading = collect(container.read({ since }, cancel.signal));
    await container.clock.sleep(2_000);
    cancel.abort();
    const one = await reading;
    expect(one).toMatchObject({ text: 'one\n', lost: [] });
    container.print('two\n');
    await container.end(0);
    await container.clock.sleep(10);
    await container.start(0);
    container.print('three\n');
    await container.end(0);
    container.finish();
    const { cursors = {}, ...mark } = one.positions.at(-1) ?? {};
    for (const from of [{ cursors, ...mark }, { cursors }])
      expect(await collect(container.read({ since, ...from }))).toMatchObject({ text: 'two\nthree\n', lost: [] });
  });

  test('a position whose log is gone: the rest is reported as lost', async () => {
    const container = new Restarting();
    const line = (text: string) => ({ startLag: 0, lines: [{ text, pause: 0 }], endLag: 0, away: 1_500 });
    const cancel = new AbortController();
    const reading = collect(container.read({}, cancel.signal));
    const living = live(container, ['a\n', 'bb\n', 'a line\n'].map(line));
    await container.clock.sleep(500);
    cancel.abort();
    const [{ positions }] = await Promise.all([reading, living]);
    const rest = await collect(container.read(positions.at(-1)));
    expect(rest.pieces).toEqual(['', '1.0 bb\n2.0 a line\n']);
    expect(rest.lost).toHaveLength(1);
  });

  test('a mark that is not one is ignored', async () => {
    const container = new Restarting();
    const printed = await live(container, [{ startLag: 0, lines: [{ text: 'a\n', pause: 0 }], endLag: 0, away: 0 }]);
    expect(await collect(container.read({ mark: 'nonsense' }))).toMatchObject({ text: printed, lost: [] });
    expect(await collect(container.read({ cursors: { combined: 2 }, mark: '9 1.000000000 1' }))).toMatchObject({
      text: printed.slice(2),
    });
  });

  test('ends on its signal while it waits for a start, for output, and for a restart', async () => {
    for (const stage of ['waiting', 'running', 'ended'] as const) {
      const container = new Restarting();
      if (stage !== 'waiting') await container.start(0);
      if (stage === 'ended') await container.end(0);
      const cancel = new AbortController();
      const reading = collect(container.read({}, cancel.signal));
      await container.clock.sleep(2_000);
      cancel.abort();
      expect(await reading).toMatchObject({ text: '', lost: [] });
    }
  });
});
