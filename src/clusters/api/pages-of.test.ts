import { expect, test } from 'vitest';
import { ScriptedCluster } from '../../../test/rigs/scripted-cluster.ts';
import { systemClock } from '../../model/clock.ts';
import { ClusterClient } from './cluster-client.ts';
import { allObjects, pagesOf } from './pages-of.ts';

test('asks for pages until one has no token', async () => {
  const tokens: (string | undefined)[] = [];
  const next = ['a', 'b', ''];
  const ask = async (token?: string) => {
    tokens.push(token);
    return await Promise.resolve({ metadata: { continue: next.shift() ?? '' } });
  };
  let pages = 0;
  for await (const _ of pagesOf(ask)) pages++;
  expect([pages, tokens]).toEqual([3, [undefined, 'a', 'b']]);
});

test('returns the objects of all pages, and asks again for a page that failed', async () => {
  await using cluster = await ScriptedCluster.open();
  const client = new ClusterClient(cluster.connection);
  const path = '/api/v1/namespaces/n/pods';
  cluster.pageSize = 2;
  for (const name of ['a', 'b', 'c']) cluster.put(path, name, name);
  cluster.meetWith('unavailable');
  const { signal } = new AbortController();
  const found = await allObjects<{ metadata: { name: string } }>({ client, clock: systemClock, signal }, path);
  expect(found.map(({ metadata }) => metadata.name)).toEqual(['a', 'b', 'c']);
  client.close();
});
