/** Which pod a resource leads to while its objects change, on a scripted API server. */
import { expect, it } from 'vitest';
import { ScriptedCluster } from '../../../test/rigs/scripted-cluster.ts';
import { ClusterClient } from '../../clusters/api/cluster-client.ts';
import { systemClock } from '../../model/clock.ts';
import { FollowedResource } from './followed-resource.ts';
import type { ClusterKind } from './forwarded-port.ts';

const services = '/api/v1/namespaces/n/services';
const pods = '/api/v1/namespaces/n/pods';
const ready = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
const spec = { containers: [{ name: 'app', ports: [{ name: 'http', containerPort: 8080 }] }] };
const service = { spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }] } };

/** A resource that is followed in a scripted cluster. */
class Followed implements AsyncDisposable {
  readonly #ending = new AbortController();
  readonly #client: ClusterClient;
  readonly #followed: FollowedResource[] = [];
  readonly refusals: string[] = [];

  private constructor(readonly cluster: ScriptedCluster) {
    this.#client = new ClusterClient(cluster.connection);
  }

  static async open(): Promise<Followed> {
    return new Followed(await ScriptedCluster.open());
  }

  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  async follow(kind: ClusterKind): Promise<FollowedResource> {
    const place = { kind, name: 'web', namespace: 'n' };
    const resource = new FollowedResource(
      place,
      this.#client,
      systemClock,
      this.signal,
      (reason) => void this.refusals.push(reason),
    );
    this.#followed.push(resource);
    await resource.known;
    return resource;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    await Promise.all(this.#followed.map(({ over }) => over));
    this.#client.close();
    await this.cluster[Symbol.asyncDispose]();
  }
}

it('leads to the next pod that is ready when one goes', async () => {
  await using world = await Followed.open();
  const { cluster } = world;
  cluster.put(services, 'web', 's', service);
  cluster.put(pods, 'web-1', '1', { spec, status: ready });
  const resource = await world.follow('service');
  expect(resource.target(80)).toEqual({ pod: 'web-1', port: 8080 });
  cluster.put(pods, 'web-2', '2', { spec, status: { phase: 'Pending' } });
  cluster.put(pods, 'web-1', '1', { spec, status: { phase: 'Running' } });
  await expect.poll(() => resource.target(80)).toMatchObject({ reason: 'has pods, but none of them is ready' });
  const changed = resource.changed(world.signal);
  cluster.put(pods, 'web-2', '2', { spec, status: ready });
  await changed;
  await expect.poll(() => resource.target(80)).toEqual({ pod: 'web-2', port: 8080 });
  cluster.remove(pods, '1');
  cluster.remove(pods, '2');
  await expect.poll(() => resource.target(80)).toMatchObject({ reason: 'has no pods', isMistake: false });
});

it('waits for an object that does not exist yet', async () => {
  await using world = await Followed.open();
  const { cluster } = world;
  const resource = await world.follow('service');
  expect(resource.target(80)).toEqual({ reason: 'does not exist in namespace n', isMistake: false });
  cluster.put(pods, 'web-1', '1', { spec, status: ready });
  cluster.put(services, 'web', 's', service);
  await expect.poll(() => resource.target(80)).toEqual({ pod: 'web-1', port: 8080 });
  expect(resource.target(81)).toEqual({ reason: 'has no port 81. Its ports: 80', isMistake: true });
});

it('a pod leads to itself, with one watch', async () => {
  await using world = await Followed.open();
  const { cluster } = world;
  cluster.put(pods, 'web', '1', { spec, status: ready });
  const resource = await world.follow('pod');
  expect(resource.target('http')).toEqual({ pod: 'web', port: 8080 });
  await expect.poll(() => cluster.watching).toBe(1);
});

it('tells what the objects say of a port', async () => {
  await using world = await Followed.open();
  const { cluster } = world;
  const ports = [{ port: 81, name: 'api', appProtocol: 'http' }];
  cluster.put(services, 'web', 's', { spec: { ...service.spec, ports } });
  cluster.put(pods, 'web', '1', { spec, status: ready });
  const resource = await world.follow('service');
  expect(resource.hints(81)).toMatchObject({ number: 81, name: 'api', appProtocol: 'http' });
  expect(resource.hints(82)).toEqual({ number: 82 });
  const pod = await world.follow('pod');
  expect(pod.hints('http')).toEqual({ name: 'http', number: 8080 });
  expect(pod.hints(8080)).toEqual({ name: 'http', number: 8080 });
  expect(pod.hints('sql')).toEqual({ name: 'sql' });
});

it('says what may not be read, once', async () => {
  await using world = await Followed.open();
  const { cluster } = world;
  const forbidden = { path: services, trouble: 'forbidden' } as const;
  cluster.meetWith(...Array.from({ length: 2 }, () => forbidden));
  const resource = await world.follow('service');
  expect(resource.target(80)).toEqual({ reason: 'cannot be followed: you may not', isMistake: false });
  cluster.put(services, 'web', 's', service);
  await expect.poll(() => resource.target(80)).toMatchObject({ reason: 'has no pods' });
  expect(cluster.requests.filter((request) => request === services)).toHaveLength(3);
  expect(world.refusals).toEqual(['cannot be followed: you may not']);
});

it('still says that pods may not be read when the watch of the object connects again', async () => {
  await using world = await Followed.open();
  const { cluster } = world;
  const forbidden = Array.from({ length: 100 }, () => ({ path: pods, trouble: 'forbidden' }) as const);
  cluster.put(services, 'web', 's', service);
  cluster.meetWith(...forbidden);
  const resource = await world.follow('service');
  const refusal = { reason: 'cannot be followed: you may not', isMistake: false };
  await expect.poll(() => resource.target(80)).toEqual(refusal);
  cluster.hideWatches('unavailable');
  cluster.end('cut');
  const watches = () => cluster.requests.filter((request) => request === `${services} watch`).length;
  const before = watches();
  await expect.poll(watches).toBeGreaterThan(before);
  cluster.allow();
  cluster.meetWith(...forbidden);
  await expect.poll(() => cluster.watching).toBe(1);
  cluster.put(services, 'web', 's', { spec: { ...service.spec, ports: [{ port: 81 }] } });
  await expect.poll(() => resource.target(81)).not.toMatchObject({ isMistake: true });
  expect(resource.target(81)).toEqual(refusal);
  expect(resource.isRefusal(refusal.reason)).toBe(true);
  expect(world.refusals).toEqual([refusal.reason]);
});
