import { expect, test } from 'vitest';
import type { ClusterClient } from '../../clusters/api/cluster-client.ts';
import { systemClock } from '../../model/clock.ts';
import { isOfRelease, isOfSet } from './deploy-marks.ts';
import { PodOwners, type OwnerMetadata } from './pod-owners.ts';

const owner = (apiVersion: string, kind: string, name: string) => ({ apiVersion, kind, name, uid: `uid of ${name}` });
const apps = (kind: string, name: string) => owner('apps/v1', kind, name);

/** The objects of a cluster by path and name. */
const objects: Readonly<Record<string, OwnerMetadata>> = {
  '/apis/apps/v1/namespaces/shop/replicasets web-1': {
    uid: 'uid of web-1',
    ownerReferences: [apps('Deployment', 'web')],
  },
  '/apis/apps/v1/namespaces/shop/deployments web': { uid: 'uid of web', labels: { mine: 'yes' } },
  '/apis/apps/v1/namespaces/shop/replicasets other-1': { uid: 'uid of other-1' },
  // A namesake that was made again.
  '/apis/apps/v1/namespaces/shop/replicasets new-1': { uid: 'another', labels: { mine: 'yes' } },
  '/apis/apps/v1/namespaces/shop/replicasets ring': {
    uid: 'uid of ring',
    ownerReferences: [apps('ReplicaSet', 'ring')],
  },
};

function cluster() {
  const asked: string[] = [];
  const client = {
    async json(_method: string, path: string, { query = {} }: { query?: Record<string, string> } = {}) {
      await Promise.resolve();
      if (path === '/apis/apps/v1')
        return {
          resources: [
            { name: 'deployments', kind: 'Deployment', namespaced: true },
            { name: 'replicasets', kind: 'ReplicaSet', namespaced: true },
          ],
        };
      const name = query['fieldSelector']?.replace('metadata.name=', '') ?? '';
      asked.push(`${path} ${name}`);
      const found = objects[`${path} ${name}`];
      return { items: found ? [{ metadata: found }] : [] };
    },
  } as unknown as ClusterClient;
  const isMine = ({ labels }: OwnerMetadata) => labels?.['mine'] === 'yes';
  return { asked, owners: new PodOwners(client, systemClock, new AbortController().signal, isMine) };
}

test.each<[string, OwnerMetadata, boolean]>([
  ['has the mark itself', { labels: { mine: 'yes' } }, true],
  ['belongs to a Deployment with the mark', { ownerReferences: [apps('ReplicaSet', 'web-1')] }, true],
  ['belongs to somebody else', { ownerReferences: [apps('ReplicaSet', 'other-1')] }, false],
  ['belongs to nobody', {}, false],
  ['belongs to an object that was replaced', { ownerReferences: [apps('ReplicaSet', 'new-1')] }, false],
  ['belongs to an object that is gone', { ownerReferences: [apps('ReplicaSet', 'gone')] }, false],
  ['belongs to an object that owns itself', { ownerReferences: [apps('ReplicaSet', 'ring')] }, false],
  ['belongs to a kind that the cluster does not know', { ownerReferences: [apps('Rollout', 'web')] }, false],
])('a pod that %s', async (_, metadata, isOurs) => {
  expect(await cluster().owners.areOurs(metadata, 'shop')).toBe(isOurs);
});

test('asks once for each owner', async () => {
  const { asked, owners } = cluster();
  const metadata = { ownerReferences: [apps('ReplicaSet', 'web-1')] };
  expect(await Promise.all([owners.areOurs(metadata, 'shop'), owners.areOurs(metadata, 'shop')])).toEqual([true, true]);
  expect(asked).toEqual([
    '/apis/apps/v1/namespaces/shop/replicasets web-1',
    '/apis/apps/v1/namespaces/shop/deployments web',
  ]);
});

test('the marks of a set and of a release', () => {
  const id = 'applyset-UVvUvlt9z5kD7FSlYYnfpi-lTVIxlPs0g4VY0yWJpA0-v1';
  expect(isOfSet('web', 'default')({ labels: { 'applyset.kubernetes.io/part-of': id } })).toBe(true);
  expect(isOfSet('web', 'shop')({ labels: { 'applyset.kubernetes.io/part-of': id } })).toBe(false);
  const annotations = { 'meta.helm.sh/release-name': 'db', 'meta.helm.sh/release-namespace': 'shop' };
  expect(isOfRelease([{ name: 'db', namespace: 'shop' }])({ annotations })).toBe(true);
  expect(isOfRelease([{ name: 'db', namespace: 'cart' }])({ annotations })).toBe(false);
  expect(isOfRelease([{ name: 'db', namespace: 'shop' }])({})).toBe(false);
});
