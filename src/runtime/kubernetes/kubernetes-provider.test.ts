import { afterEach, expect, test, vi } from 'vitest';
import { ScriptedCluster } from '../../../test/rigs/scripted-cluster.ts';
import { systemClock } from '../../model/clock.ts';
import { noKubernetesSettings } from '../../model/kubernetes-settings.ts';
import type { Credentials } from '../../clusters/access/cluster-connection.ts';
import { kubernetesProvider } from './kubernetes-provider.ts';
import { nextTurn } from '../../util/next-turn.ts';
import { orAborted } from '../../util/abort.ts';

const { signal } = new AbortController();
afterEach(() => void vi.useRealTimers());

/** Connects with this login to a server that never responds. */
async function connecting(credentials: (signal: AbortSignal) => Promise<Credentials | string>) {
  const cluster = await ScriptedCluster.open();
  cluster.meetWith('hang');
  const login = { credentials: async (_: boolean, stop: AbortSignal) => await credentials(stop) };
  const provider = kubernetesProvider({
    connection: async () => await Promise.resolve({ ...cluster.connection, login }),
    settings: noKubernetesSettings,
    clock: systemClock,
  });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  return { cluster, connection: provider.connect(signal) };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await nextTurn();
}

test('a login may take long; the timeout of the cluster starts after it', async () => {
  let logIn: (credentials: Credentials) => void = () => undefined;
  const loggedIn = new Promise<Credentials>((resolve) => (logIn = resolve));
  const { cluster, connection } = await connecting(async () => await loggedIn);
  await using _cluster = cluster;
  await vi.advanceTimersByTimeAsync(50_000);
  expect(cluster.requests).toEqual([]);
  logIn({ token: 't' });
  await until(() => cluster.requests.length > 0);
  await vi.advanceTimersByTimeAsync(15_000);
  expect(await connection).toMatchObject({
    status: 'unavailable',
    looked: [{ result: 'no response within 15 s' }],
    advice: [expect.stringContaining('cluster-info')],
  });
});

test('a login that is never completed is given up, with advice', async () => {
  const { cluster, connection } = await connecting(
    async (stop) => await orAborted(new Promise<never>(() => undefined), stop),
  );
  await using _cluster = cluster;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await connection).toMatchObject({
    status: 'unavailable',
    looked: [{ result: expect.stringContaining('60 s') as string }],
    advice: [expect.stringContaining('log in')],
  });
  expect(cluster.requests).toEqual([]);
});
