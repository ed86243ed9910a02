import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ManualClock } from '../../../test/rigs/manual-clock.ts';
import { ScriptedCluster, type ScriptedObject, type Trouble } from '../../../test/rigs/scripted-cluster.ts';
import { ClusterClient } from './cluster-client.ts';
import { lostAfterMs } from './retry.ts';
import { watch } from './watch.ts';

const path = '/api/v1/namespaces/n/pods';

/** One watch, and what it has reported so far. */
class Watching {
  readonly clock = new ManualClock();
  readonly there = new Map<string, string>();
  readonly told: string[] = [];
  readonly #stop = new AbortController();
  readonly #client: ClusterClient;
  readonly ended: Promise<void>;

  constructor(readonly cluster: ScriptedCluster) {
    this.#client = new ClusterClient(cluster.connection);
    const target = { path, labelSelector: 'slipway.dev/run=r' };
    const listener = {
      onChanged: ({ metadata }: ScriptedObject) => void this.there.set(metadata.uid, metadata.resourceVersion ?? ''),
      onDeleted: (uid: string) => void this.there.delete(uid),
      onDisconnected: (since: number) => void this.told.push(`disconnected since ${since}`),
      onConnected: () => void this.told.push('hearing'),
    };
    this.ended = watch<ScriptedObject>(this.#client, this.clock, target, listener, this.#stop.signal);
  }

  get isTrue(): boolean {
    const truth = this.cluster.objects(path).map(({ metadata }) => [metadata.uid, metadata.resourceVersion]);
    return truth.length === this.there.size && truth.every(([uid = '', version]) => this.there.get(uid) === version);
  }

  /** Waits for a condition, and advances the clock by this much a turn. */
  async until(condition: () => boolean, msPerTurn = 0): Promise<void> {
    while (!condition()) {
      if (msPerTurn > 0) await this.clock.advance(msPerTurn);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.ended;
    this.#client.close();
  }
}

describe('a watch', () => {
  let cluster: ScriptedCluster;
  const open: Watching[] = [];
  beforeEach(async () => void (cluster = await ScriptedCluster.open()));
  afterEach(async () => {
    for (const each of open.splice(0)) await each.close();
    await cluster[Symbol.asyncDispose]();
  });

  function start(): Watching {
    const watching = new Watching(cluster);
    open.push(watching);
    return watching;
  }

  test('reports existing objects, in pages, and their changes', async () => {
    cluster.pageSize = 2;
    for (const uid of ['a', 'b', 'c', 'd', 'e']) cluster.put(path, uid, uid);
    const watching = start();
    await watching.until(() => cluster.watching === 1);
    expect([...watching.there.keys()]).toEqual(['a', 'b', 'c', 'd', 'e']);
    cluster.put(path, 'f', 'f');
    cluster.remove(path, 'a');
    await watching.until(() => watching.isTrue);
    expect(watching.told).toEqual(['hearing']);
  });

  test.each(['well', 'cut', 'torn'] as const)('resumes where a watch ended (%s), without a new list', async (how) => {
    const watching = start();
    await watching.until(() => cluster.watching === 1);
    cluster.end(how);
    cluster.put(path, 'a', 'a');
    await watching.until(() => watching.isTrue && cluster.watching === 1, 100);
    expect(cluster.requests.filter((request) => request === path)).toHaveLength(1);
    expect(watching.told).toEqual(['hearing']);
  });

  test.each(['gone', 'failed', 'garbage'] as const)(
    'lists everything again if it must (%s), and reports what was deleted meanwhile',
    async (how) => {
      cluster.put(path, 'a', 'a');
      cluster.put(path, 'b', 'b');
      const watching = start();
      await watching.until(() => cluster.watching === 1);
      cluster.end(how);
      cluster.remove(path, 'a');
      cluster.forget();
      await watching.until(() => watching.isTrue && cluster.watching === 1, 100);
      expect([...watching.there.keys()]).toEqual(['b']);
    },
  );

  test('resumes from a bookmark, even if the history before it is gone', async () => {
    const watching = start();
    await watching.until(() => cluster.watching === 1);
    cluster.put('/elsewhere', 'x', 'x');
    cluster.forget();
    cluster.bookmark();
    cluster.put(path, 'a', 'a');
    await watching.until(() => watching.isTrue);
    cluster.end('well');
    await watching.until(() => cluster.watching === 1, 100);
    expect(cluster.requests).toEqual([path, `${path} watch`, `${path} watch`]);
  });

  test('closes a silent connection and resumes, which is not a disconnection', async () => {
    const watching = start();
    await watching.until(() => cluster.watching === 1);
    await watching.until(() => cluster.requests.length === 3, 10_000);
    await watching.until(() => cluster.watching === 1);
    expect(cluster.requests).toEqual([path, `${path} watch`, `${path} watch`]);
    expect(watching.told).toEqual(['hearing']);
  });

  test('is disconnected since the last received data, and connects again', async () => {
    const watching = start();
    await watching.until(() => cluster.watching === 1);
    cluster.put(path, 'b', 'b');
    await watching.until(() => watching.isTrue);
    const heardAt = watching.clock.now();
    await watching.clock.advance(7_000);
    cluster.meetWith('unavailable', 'forbidden', 'unavailable');
    cluster.end('cut');
    cluster.put(path, 'a', 'a');
    await watching.until(() => watching.isTrue, 100);
    expect(watching.told).toEqual([
      'hearing',
      ...Array.from({ length: 3 }, () => `disconnected since ${heardAt}`),
      'hearing',
    ]);
  });

  test.each(['nonsense', 'page', 'garbage', 'nothing'] as const)(
    'a server that permanently answers %s does not count as the cluster',
    async (trouble) => {
      const watching = start();
      await watching.until(() => cluster.watching === 1);
      const heardAt = watching.clock.now();
      await watching.clock.advance(1_000);
      cluster.meetWith(...Array.from({ length: 1_000 }, () => trouble));
      cluster.end('cut');
      await watching.until(() => watching.clock.now() - heardAt > 400_000, 1_000);
      const since = Number(/\d+$/.exec(watching.told.at(-1) ?? '')?.[0]);
      // Longer than pods wait for the cluster: the first responses may have looked like an empty watch.
      expect(watching.clock.now() - since).toBeGreaterThan(lostAfterMs);
      expect(cluster.requests.length).toBeLessThan(400);
      cluster.allow();
      cluster.put(path, 'a', 'a');
      await watching.until(() => watching.isTrue && cluster.watching === 1, 1_000);
      expect(watching.told.at(-1)).toBe('hearing');
    },
  );

  test.each(['nonsense', 'nothing'] as const)('lists replace a watch that is none (%s)', async (trouble) => {
    const watching = start();
    await watching.until(() => cluster.watching === 1);
    cluster.hideWatches(trouble);
    cluster.end('cut');
    cluster.put(path, 'a', 'a');
    await watching.until(() => watching.isTrue, 500);
    cluster.remove(path, 'a');
    await watching.until(() => watching.isTrue, 500);
    expect(watching.told).toEqual(['hearing']);
  });

  test('retries a refused watch rarely, and connects once it is allowed', async () => {
    cluster.meetWith(...Array.from({ length: 1_000 }, () => 'forbidden' as const));
    const watching = start();
    const began = watching.clock.now();
    await watching.until(() => watching.clock.now() - began > 3_600_000, 10_000);
    // Every 30 s on average.
    expect(cluster.requests.length).toBeLessThan(240);
    expect(cluster.requests.length).toBeGreaterThan(5);
    cluster.allow();
    await watching.until(() => cluster.watching === 1, 10_000);
  });

  test.each(['gone', 'cut', 'unavailable', 'page'] as const)('never retries in a tight loop (%s)', async (trouble) => {
    cluster.meetWith(...Array.from({ length: 10_000 }, () => ({ path, trouble })));
    const watching = start();
    const began = watching.clock.now();
    await watching.until(() => watching.clock.now() - began > 600_000, 1_000);
    expect(cluster.requests.length).toBeLessThan(600);
  });

  test('never retries in a tight loop if every watch ends at once', async () => {
    const watching = start();
    const began = watching.clock.now();
    await watching.until(() => {
      cluster.end('well');
      return watching.clock.now() - began > 600_000;
    }, 1_000);
    expect(cluster.requests.length).toBeLessThan(600);
  });

  test('ends on its signal in every state', async () => {
    await start().close();
    const watching = start();
    await watching.until(() => cluster.watching === 1);
    await watching.close();
    cluster.meetWith('hang');
    const hanging = start();
    await hanging.until(() => cluster.requests.at(-1) === path);
    await hanging.close();
    expect(hanging.clock.sleeping).toBe(0);
  });

  type Act = (cluster: ScriptedCluster) => void;
  const uids = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  const troubles = fc.constantFrom<Trouble>(
    'cut',
    'garbage',
    'nonsense',
    'nothing',
    'page',
    'unavailable',
    'forbidden',
    'gone',
  );
  const act = fc.oneof<fc.Arbitrary<Act>[]>(
    uids.map((uid) => (of) => of.put(path, uid, uid)),
    uids.map((uid) => (of) => of.remove(path, uid)),
    fc.constantFrom('well', 'cut', 'torn', 'gone', 'failed', 'garbage').map((how) => (of) => of.end(how)),
    troubles.map((trouble) => (of) => of.meetWith(trouble)),
    fc.constant((of) => of.forget()),
    fc.constant((of) => of.bookmark()),
  );

  test('converges to the true state, whatever the server does', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(act, fc.boolean()), { maxLength: 40 }), async (acts) => {
        await using server = await ScriptedCluster.open();
        server.pageSize = 2;
        const watching = new Watching(server);
        for (const [each, pause] of acts) {
          each(server);
          if (pause) await watching.clock.advance(500);
          if (pause) await new Promise((resolve) => setTimeout(resolve, 1));
        }
        server.put(path, 'last', 'last');
        await watching.until(() => watching.isTrue && server.watching === 1, 200);
        // And stays there.
        server.remove(path, 'last');
        await watching.until(() => watching.isTrue, 200);
        await watching.close();
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});
