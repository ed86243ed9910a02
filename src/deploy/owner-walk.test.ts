import { expect, test } from 'vitest';
import { ApiError } from '../clusters/api/api-error.ts';
import type { ClusterClient } from '../clusters/api/cluster-client.ts';
import { systemClock } from '../model/clock.ts';
import { OwnerWalk, type OwnerMetadata } from './owner-walk.ts';

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

/** @param refused how many requests for objects are refused */
function cluster(refused = 0) {
  const refusals = Array.from({ length: refused });
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
      if (refusals.splice(0, 1).length > 0) throw new ApiError(403, 'you may not');
      const found = objects[`${path} ${name}`];
      return { items: found ? [{ metadata: found }] : [] };
    },
  } as unknown as ClusterClient;
  const isMine = ({ labels }: OwnerMetadata) => labels?.['mine'] === 'yes';
  return {
    asked,
    owners: new OwnerWalk({ client, clock: systemClock, signal: new AbortController().signal }, { isOurs: isMine }),
  };
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
  expect(await cluster().owners.belongs(metadata, 'shop')).toBe(isOurs);
});

test('asks once for each owner', async () => {
  const { asked, owners } = cluster();
  const metadata = { ownerReferences: [apps('ReplicaSet', 'web-1')] };
  expect(await Promise.all([owners.belongs(metadata, 'shop'), owners.belongs(metadata, 'shop')])).toEqual([true, true]);
  expect(asked).toEqual([
    '/apis/apps/v1/namespaces/shop/replicasets web-1',
    '/apis/apps/v1/namespaces/shop/deployments web',
  ]);
});

test('asks again for an owner that could not be read', async () => {
  const { owners } = cluster(1);
  const metadata = { ownerReferences: [apps('ReplicaSet', 'web-1')] };
  await expect(owners.belongs(metadata, 'shop')).rejects.toThrow('you may not');
  expect(await owners.belongs(metadata, 'shop')).toBe(true);
});
