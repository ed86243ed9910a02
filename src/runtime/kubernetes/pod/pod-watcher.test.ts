import fc from 'fast-check';
import { expect, test as base } from 'vitest';
import { ManualClock } from '../../../../test/rigs/manual-clock.ts';
import { ScriptedCluster } from '../../../../test/rigs/scripted-cluster.ts';
import type { Judgement } from './judgement.ts';
import type { ObservedPod } from '../../../clusters/pods/observed-pod.ts';
import type { PodWatcher } from './pod-watching.ts';
import { ClusterClient } from '../../../clusters/api/cluster-client.ts';
import { openPodWatcher } from './pod-watcher.ts';
import { nextTurn } from '../../../util/next-turn.ts';

const pods = '/api/v1/namespaces/n/pods';
const events = '/api/v1/namespaces/n/events';
const { signal } = new AbortController();

interface Watched {
  readonly cluster: ScriptedCluster;
  readonly clock: ManualClock;
  readonly client: ClusterClient;
  readonly watcher: PodWatcher;
  /** @param msPerTurn how much the clock advances between two checks */
  until(condition: () => boolean, msPerTurn?: number): Promise<void>;
  /** Sends an Event of the container `step` of a pod. */
  event(uid: string, reason: string, count?: number): void;
}

const test = base.extend<Watched>({
  cluster: async ({}, use) => {
    await using cluster = await ScriptedCluster.open();
    await use(cluster);
  },
  clock: async ({}, use) => await use(new ManualClock()),
  client: async ({ cluster }, use) => {
    const client = new ClusterClient(cluster.connection);
    await use(client);
    client.close();
  },
  watcher: async ({ client, clock }, use) => {
    const watcher = openPodWatcher({ client, clock, namespace: 'n' });
    await use(watcher);
    watcher.close();
  },
  until: async ({ clock }, use) =>
    await use(async (condition, msPerTurn = 0) => {
      while (!condition()) {
        if (msPerTurn > 0) await clock.advance(msPerTurn);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    }),
  event: async ({ cluster }, use) =>
    await use((uid, reason, count) =>
      cluster.put(events, `${uid}.${reason}`, `${uid}.${reason}`, {
        involvedObject: { kind: 'Pod', name: 'p', uid, fieldPath: 'spec.containers{step}' },
        reason,
        message: reason,
        type: 'Normal',
        ...(count && { count }),
      }),
    ),
});

const reasons = ({ events: heard }: ObservedPod) => heard.map(({ reason }) => reason);
const when =
  (condition: (observed: ObservedPod) => boolean) =>
  (observed: ObservedPod): Judgement<ObservedPod> =>
    condition(observed) ? { settled: observed } : {};

test('reports a pod that is created later, and its changes', async ({ cluster, clock, watcher, until, event }) => {
  using follower = watcher.follow('p');
  await until(() => cluster.watching === 2);
  cluster.put(pods, 'p', 'u1', { status: { phase: 'Pending' } });
  event('u1', 'Scheduled');
  const observed = await follower.until(
    when((heard) => reasons(heard).includes('Scheduled') && heard.pod !== undefined),
    signal,
  );
  expect(observed).toMatchObject({
    pod: { metadata: { uid: 'u1' } },
    events: [{ reason: 'Scheduled', fieldPath: 'spec.containers{step}', at: clock.now() }],
  });
  expect(observed.disconnectedSince).toBeUndefined();
});

test('does not miss Events that arrive before the pod, or before there is a follower', async ({
  cluster,
  watcher,
  until,
  event,
}) => {
  using other = watcher.follow('other');
  await until(() => cluster.watching === 2);
  event('u1', 'Started');
  cluster.put(events, 'mark', 'mark', { involvedObject: { kind: 'Pod', name: 'other', uid: 'o' }, reason: 'Mark' });
  other.setUid('o');
  await other.until(
    when((heard) => reasons(heard).includes('Mark')),
    signal,
  );
  using follower = watcher.follow('p', 'u1');
  expect(reasons(follower.observed)).toEqual(['Started']);
  expect(follower.observed.pod).toBeUndefined();
});

test('keeps a repeated Event in its place, and counts it', async ({ watcher, event }) => {
  using follower = watcher.follow('p', 'u1');
  event('u1', 'BackOff');
  event('u1', 'Other');
  event('u1', 'BackOff', 3);
  await follower.until(
    when((heard) => heard.events[0]?.count === 3),
    signal,
  );
  expect(reasons(follower.observed)).toEqual(['BackOff', 'Other']);
});

test('ignores an earlier pod of the same name', async ({ cluster, watcher, until, event }) => {
  cluster.put(pods, 'p', 'old', { status: { phase: 'Failed' } });
  event('old', 'Failed');
  using follower = watcher.follow('p');
  await until(() => cluster.watching === 2);
  cluster.remove(pods, 'old');
  cluster.put(pods, 'p', 'new');
  follower.setUid('new');
  event('new', 'Scheduled');
  const observed = await follower.until(
    when((heard) => heard.pod !== undefined && heard.events.length > 0),
    signal,
  );
  expect([observed.pod?.metadata.uid, reasons(observed), observed.deleted]).toEqual(['new', ['Scheduled'], undefined]);
});

test('a name alone means the newest pod', async ({ cluster, watcher }) => {
  cluster.put(pods, 'p', 'old');
  using follower = watcher.follow('p');
  await follower.until(
    when(({ pod }) => pod?.metadata.uid === 'old'),
    signal,
  );
  cluster.remove(pods, 'old');
  cluster.put(pods, 'p', 'new');
  expect(
    await follower.until(
      when(({ pod }) => pod?.metadata.uid === 'new'),
      signal,
    ),
  ).not.toHaveProperty('deleted');
});

test('a deleted pod keeps its last state', async ({ cluster, watcher }) => {
  cluster.put(pods, 'p', 'u1', { status: { phase: 'Running' } });
  using follower = watcher.follow('p', 'u1');
  await follower.until(
    when(({ pod }) => pod !== undefined),
    signal,
  );
  cluster.remove(pods, 'u1');
  expect(
    await follower.until(
      when(({ deleted }) => deleted === true),
      signal,
    ),
  ).toMatchObject({ pod: { status: { phase: 'Running' } } });
});

test('a pod that disappeared before it was seen is known to be gone', async ({ cluster, watcher }) => {
  using follower = watcher.follow('p', 'u1');
  await follower.until(
    when(({ deleted }) => deleted === true),
    signal,
  );
  cluster.put(pods, 'q', 'u2');
  cluster.remove(pods, 'u2');
  cluster.put(pods, 'mark', 'mark');
  using mark = watcher.follow('mark', 'mark');
  await mark.until(
    when(({ pod }) => pod !== undefined),
    signal,
  );
  using late = watcher.follow('q', 'u2');
  expect(late.observed).toMatchObject({ deleted: true });
});

test('checks again when requested, without any change, and never in a tight loop', async ({
  cluster,
  clock,
  watcher,
  until,
}) => {
  using follower = watcher.follow('p', 'u1');
  await until(() => cluster.watching === 2 && follower.observed.deleted === true);
  let looks = 0;
  const began = clock.now();
  const settled = follower.until(
    () => (looks++, clock.now() - began >= 60_000 ? { settled: looks } : { recheckInMs: looks < 5 ? 0 : 20_000 }),
    signal,
  );
  await clock.advance(70_000);
  expect(await settled).toBeLessThan(12);
});

test('reports a disconnection and its end', async ({ cluster, clock, watcher, until }) => {
  using follower = watcher.follow('p');
  await until(() => cluster.watching === 2);
  const since = clock.now();
  cluster.meetWith({ path: pods, trouble: 'unavailable' });
  await clock.advance(1_000);
  cluster.end('cut');
  const disconnected = follower.until(
    when(({ disconnectedSince }) => disconnectedSince !== undefined),
    signal,
  );
  await until(() => clock.now() - since > 2_000, 100);
  expect(await disconnected).toMatchObject({
    disconnectedSince: since,
    disconnectedReason: 'HTTP 503: no healthy upstream',
  });
  const hearing = follower.until(
    when(({ disconnectedSince }) => disconnectedSince === undefined),
    signal,
  );
  await until(() => cluster.watching === 2, 500);
  await hearing;
});

test('works without Events if they may not be watched', async ({ cluster, clock, watcher, until }) => {
  cluster.meetWith(...Array.from({ length: 100 }, () => ({ path: events, trouble: 'forbidden' as const })));
  using follower = watcher.follow('p');
  await until(() => cluster.requests.some((path) => path.startsWith(events)));
  await clock.advance(120_000);
  cluster.put(pods, 'p', 'u1');
  await until(() => follower.observed.pod !== undefined, 100);
  expect(follower.observed.disconnectedSince).toBeUndefined();
});

test('watches while there are followers, and a little longer', async ({ cluster, clock, watcher, until }) => {
  expect(cluster.requests).toEqual([]);
  watcher.follow('p')[Symbol.dispose]();
  using second = watcher.follow('q');
  await until(() => cluster.watching === 2);
  await clock.advance(60_000);
  expect(cluster.watching).toBe(2);
  second[Symbol.dispose]();
  await clock.advance(60_000);
  await until(() => cluster.watching === 0);
  cluster.put(pods, 'p', 'u1');
  using third = watcher.follow('p', 'u1');
  await third.until(
    when(({ pod }) => pod !== undefined),
    signal,
  );
});

test('a wait ends on the signal, with the watcher, and with an error of the judge', async ({ watcher }) => {
  using follower = watcher.follow('p');
  const stop = new AbortController();
  const stopped = follower.until(() => ({}), stop.signal);
  stop.abort(new Error('enough'));
  await expect(stopped).rejects.toThrow('enough');
  await expect(
    follower.until(() => {
      throw new Error('a bug');
    }, signal),
  ).rejects.toThrow('a bug');
  const closed = follower.until(() => ({}), signal);
  watcher.close();
  await expect(closed).rejects.toThrow('closed');
});

test('every follower converges to the true state, whatever the server does', async ({ clock, until }) => {
  type Act = (of: ScriptedCluster) => void;
  const names = fc.constantFrom('a', 'b', 'c');
  const act = fc.oneof<fc.Arbitrary<Act>[]>(
    names.map((name) => (of) => of.put(pods, name, name)),
    names.map((name) => (of) => of.remove(pods, name)),
    names.map(
      (name) => (of) =>
        of.put(events, `${name}.1`, `${name}.1`, { involvedObject: { uid: name, name }, reason: 'Something' }),
    ),
    fc.constantFrom('well', 'cut', 'torn', 'gone', 'failed', 'garbage').map((how) => (of) => of.end(how)),
    fc
      .constantFrom('cut', 'garbage', 'unavailable', 'forbidden', 'gone')
      .map((trouble) => (of) => of.meetWith(trouble)),
    fc.constant((of) => of.forget()),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(act, fc.boolean()), { maxLength: 30 }), async (acts) => {
      await using server = await ScriptedCluster.open();
      const connected = new ClusterClient(server.connection);
      const each = openPodWatcher({ client: connected, clock, namespace: 'n' });
      const followers = ['a', 'b', 'c'].map((uid) => ({ uid, follower: each.follow(uid, uid) }));
      for (const [does, pause] of acts) {
        does(server);
        if (pause) await clock.advance(500);
      }
      const isTrue = () =>
        followers.every(({ uid, follower: { observed } }) => {
          const is = server.objects(pods).find(({ metadata }) => metadata.uid === uid);
          const told = server.objects(events).some((one) => one.metadata.name === `${uid}.1`);
          const state =
            is === undefined
              ? observed.deleted === true
              : observed.deleted === undefined &&
                observed.pod?.metadata.resourceVersion === is.metadata.resourceVersion;
          return state && (!told || observed.events.length === 1);
        });
      await until(() => isTrue() && server.watching === 2, 300);
      each.close();
      connected.close();
    }),
    { numRuns: 50 },
  );
}, 60_000);

test('a pod that disappeared before there was a follower is requested once', async ({ cluster, watcher, until }) => {
  using other = watcher.follow('other');
  await until(() => cluster.watching === 2);
  using follower = watcher.follow('p', 'u1');
  await until(() => follower.observed.deleted === true, 1_000);
  expect(other.observed.deleted).toBeUndefined();
  expect(cluster.requests.filter((request) => request === `${pods}/p`)).toHaveLength(1);
});

test('a pod that was created during the list request does not count as gone', async ({ cluster, watcher, until }) => {
  using follower = watcher.follow('p');
  while (cluster.requests.length === 0) await nextTurn();
  follower.setUid('u1');
  await until(() => cluster.watching === 2);
  expect(follower.observed.deleted).toBeUndefined();
  cluster.put(pods, 'p', 'u1');
  await follower.until(
    when(({ pod }) => pod !== undefined),
    signal,
  );
});
