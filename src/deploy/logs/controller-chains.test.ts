import { describe, expect, test } from 'vitest';
import { EagerClock } from '../../../test/rigs/eager-clock.ts';
import { ApiError } from '../../clusters/api/api-error.ts';
import type { ClusterClient, ClusterRequest } from '../../clusters/api/cluster-client.ts';
import type { DeployedObject } from '../../model/artifact.ts';
import type { ContainerRef } from '../../runtime/running-container.ts';
import { ControllerChains } from './controller-chains.ts';

const kinds = {
  'apps/v1': { ReplicaSet: 'replicasets', Deployment: 'deployments', StatefulSet: 'statefulsets' },
  'batch/v1': { Job: 'jobs', CronJob: 'cronjobs' },
  'shop.io/v1': { Shop: 'shops' },
};

const owner = (apiVersion: string, kind: string, name: string) => ({ apiVersion, kind, name, uid: `${kind} ${name}` });
const set = owner('apps/v1', 'ReplicaSet', 'web-7');

/** What controls what, by uid. */
const controllers: Readonly<Record<string, ReturnType<typeof owner> | undefined>> = {
  'ReplicaSet web-7': owner('apps/v1', 'Deployment', 'web'),
  'Deployment web': owner('shop.io/v1', 'Shop', 'main'),
  'Job tick-1': owner('batch/v1', 'CronJob', 'tick'),
  'ReplicaSet circle': owner('apps/v1', 'ReplicaSet', 'circle'),
};

function chains(objects: readonly Partial<DeployedObject>[], refused: { readonly path?: RegExp | undefined } = {}) {
  const asked: string[] = [];
  const unreadable: string[] = [];
  const json = async (_: string, path: string, { query = {} }: ClusterRequest = {}) => {
    await Promise.resolve();
    const [, version = ''] = /^\/apis\/([^/]+\/[^/]+)/.exec(path) ?? [];
    const ofVersion = kinds[version as keyof typeof kinds] as Readonly<Record<string, string>> | undefined;
    if (!path.includes('/namespaces/')) {
      const listed = Object.entries(ofVersion ?? {}).map(([kind, name]) => ({ name, kind, namespaced: true }));
      return { resources: listed };
    }
    asked.push(`${path}?${String(query['fieldSelector'])}`);
    if (refused.path?.test(path)) throw new ApiError(403, 'no');
    const kind = Object.entries(ofVersion ?? {}).find(([, plural]) => path.endsWith(plural))?.[0] ?? '';
    const name = String(query['fieldSelector']).replace('metadata.name=', '');
    const uid = `${kind} ${name}`;
    if (!(uid in controllers)) return { items: [] };
    const controller = controllers[uid];
    const ownerReferences = controller
      ? [
          { ...set, uid: 'not this one' },
          { ...controller, controller: true },
        ]
      : [];
    return { items: [{ metadata: { uid, ownerReferences } }] };
  };
  const found = new ControllerChains(
    objects.map((object) => ({ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', change: 'created', ...object })),
    'shop',
    {
      client: { json } as Pick<ClusterClient, 'json'>,
      clock: new EagerClock(),
      signal: new AbortController().signal,
      onUnreadable: (kind, detail) => void unreadable.push(`${kind}: ${detail}`),
    },
  );
  return { asked, unreadable, belongs: async (ref: ContainerRef) => await found.belongs(ref) };
}

function pod(controller?: ReturnType<typeof owner>, more: Partial<ContainerRef> = {}): ContainerRef {
  return {
    ...{
      runtime: 'kubernetes',
      id: 'u/app',
      group: 'web-7-x',
      name: 'app',
      namespace: 'shop',
      kind: 'app',
      labels: {},
    },
    ...(controller && { controller }),
    ...more,
  };
}

describe('a pod belongs to the deploy', () => {
  test.each<[string, Partial<DeployedObject>, ContainerRef, boolean]>([
    ['through a ReplicaSet', {}, pod(set), true],
    ['in the namespace of the object', { namespace: 'shop' }, pod(set), true],
    ['not in another namespace', { namespace: 'other' }, pod(set), false],
    ['of another version of its kind', { apiVersion: 'apps/v1beta1' }, pod(set), true],
    ['not of another group', { apiVersion: 'extensions/v1' }, pod(set), false],
    ['not of an object that was removed', { change: 'removed' }, pod(set), false],
    ['if it is deployed itself', { apiVersion: 'v1', kind: 'Pod', name: 'web-7-x' }, pod(), true],
    ['not if nothing controls it', {}, pod(), false],
    ['if its controller is deployed', { kind: 'ReplicaSet', name: 'web-7' }, pod(set), true],
    [
      'of a CronJob',
      { apiVersion: 'batch/v1', kind: 'CronJob', name: 'tick' },
      pod(owner('batch/v1', 'Job', 'tick-1')),
      true,
    ],
    ['of a custom resource', { apiVersion: 'shop.io/v1', kind: 'Shop', name: 'main' }, pod(set), true],
    ['not if its controller is gone', {}, pod(owner('apps/v1', 'ReplicaSet', 'gone')), false],
    ['not if its kind is unknown', {}, pod(owner('unknown/v1', 'Thing', 'x')), false],
    ['not in a circle', {}, pod(owner('apps/v1', 'ReplicaSet', 'circle')), false],
  ])('%s', async (_, object, ref, expected) => {
    expect(await chains([object]).belongs(ref)).toBe(expected);
  });
});

test('asks for each controller once', async () => {
  const { asked, belongs } = chains([{}]);
  await Promise.all([belongs(pod(set)), belongs(pod(set, { id: 'v/app', group: 'web-7-y' }))]);
  await belongs(pod(set));
  expect(asked).toEqual(['/apis/apps/v1/namespaces/shop/replicasets?metadata.name=web-7']);
});

test('a controller that cannot be read is reported once for its kind', async () => {
  const { unreadable, belongs } = chains([{}], { path: /replicasets/ });
  expect(await belongs(pod(set))).toBe(false);
  expect(await belongs(pod(owner('apps/v1', 'ReplicaSet', 'other')))).toBe(false);
  expect(unreadable).toHaveLength(1);
  expect(unreadable[0]).toContain('ReplicaSet: ');
});

test('asks again for a controller that could not be read', async () => {
  const refused = { path: /replicasets/ as RegExp | undefined };
  const { belongs } = chains([{}], refused);
  expect(await belongs(pod(set))).toBe(false);
  refused.path = undefined;
  expect(await belongs(pod(set))).toBe(true);
});
