import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ManualClock } from '../../../test/rigs/manual-clock.ts';
import { OwnApiServer } from '../../../test/rigs/own-api-server.ts';
import { systemClock } from '../../model/clock.ts';
import type { Judgement } from '../../runtime/kubernetes/pod/judgement.ts';
import type { PodFollower } from '../../runtime/kubernetes/pod/pod-watching.ts';
import type { ObservedPod } from '../pods/observed-pod.ts';
import { ClusterClient } from './cluster-client.ts';
import { retryTransient } from './retry.ts';
import { openPodWatcher } from '../../runtime/kubernetes/pod/pod-watcher.ts';

const pods = '/api/v1/namespaces/default/pods';
const { signal } = new AbortController();
const server = await OwnApiServer.open();
const reason = 'skip' in server ? server.skip : '';
/** A request on a dead connection times out after half a minute, possibly several times. */
const timeout = 300_000;

describe.skipIf(reason !== '')(`a real API server in trouble (${reason})`, () => {
  const own = server as OwnApiServer;
  let client: ClusterClient;
  beforeAll(() => void (client = new ClusterClient(own.connection)));
  afterAll(async () => {
    client.close();
    await own[Symbol.asyncDispose]();
  });

  async function make(name: string): Promise<string> {
    const body = {
      metadata: { name, labels: { 'slipway.dev/run': 'r' } },
      spec: { containers: [{ name: 'c', image: 'none' }] },
    };
    const made = await retryTransient(
      systemClock,
      signal,
      async () => await client.json<{ metadata: { uid: string } }>('POST', pods, { body }),
    );
    return made.metadata.uid;
  }
  const remove = async (name: string) =>
    void (await retryTransient(
      systemClock,
      signal,
      async () => await client.json('DELETE', `${pods}/${name}`, { body: { gracePeriodSeconds: 0 } }),
    ));
  const when =
    (condition: (observed: ObservedPod) => boolean) =>
    (observed: ObservedPod): Judgement<true> =>
      condition(observed) ? { settled: true } : {};
  const seen = async (follower: PodFollower) =>
    await follower.until(
      when(({ pod }) => pod !== undefined),
      signal,
    );
  const gone = async (follower: PodFollower) =>
    await follower.until(
      when(({ deleted }) => deleted === true),
      signal,
    );

  test(
    'is killed and restarted: events before and after are reported',
    async () => {
      const watcher = openPodWatcher({ client, clock: systemClock, namespace: 'default' });
      using first = watcher.follow('first', await make('first'), 'r');
      await seen(first);
      await own.kill();
      await first.until(
        when(({ disconnectedSince }) => disconnectedSince !== undefined),
        signal,
      );
      await own.start();
      using second = watcher.follow('second', await make('second'), 'r');
      await remove('first');
      await Promise.all([gone(first), seen(second)]);
      await second.until(
        when(({ disconnectedSince }) => disconnectedSince === undefined),
        signal,
      );
      await remove('second');
      await gone(second);
      watcher.close();
    },
    timeout,
  );

  test(
    'connections are cut repeatedly: nothing is missed',
    async () => {
      const watcher = openPodWatcher({ client, clock: systemClock, namespace: 'default' });
      const followers: PodFollower[] = [];
      for (let i = 0; i < 20; i++) {
        const name = `cut-${i}`;
        followers.push(watcher.follow(name, undefined, 'r'));
        await make(name);
        if (i % 3 === 0) await own.cut();
        if (i % 2 === 0) {
          await seen(followers[i] as PodFollower);
          await remove(name);
        }
      }
      await Promise.all(
        followers.map(async (follower, i) => (i % 2 === 0 ? await gone(follower) : await seen(follower))),
      );
      expect(followers.every(({ observed }) => observed.disconnectedSince === undefined)).toBe(true);
      watcher.close();
    },
    timeout,
  );

  test(
    'hangs: that is detected, and nothing is missed afterwards',
    async () => {
      const clock = new ManualClock();
      const watcher = openPodWatcher({ client, clock, namespace: 'default' });
      using follower = watcher.follow('hung', await make('hung'), 'r');
      await seen(follower);
      own.hang();
      const heardAt = clock.now();
      await expect(client.json('GET', '/version', { deadlineMs: 500 })).rejects.toMatchObject({ name: 'ClusterLost' });
      while (follower.observed.disconnectedSince === undefined) {
        await clock.advance(1_000);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      expect(follower.observed.disconnectedSince).toBe(heardAt);
      own.resumeRun();
      await remove('hung');
      while (follower.observed.deleted === undefined) {
        await clock.advance(1_000);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      watcher.close();
    },
    timeout,
  );
});
