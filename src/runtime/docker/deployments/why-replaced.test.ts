import { expect, it } from 'vitest';
import type { ListedContainer, ListedWorkload, LocalWorkload } from '../../local-deployments.ts';
import { whyReplaced } from './why-replaced.ts';

const container: ListedContainer = {
  id: '1',
  name: 'web',
  role: 'main',
  imageId: 'sha256:a',
  image: 'web',
  state: 'running',
  probes: {},
};
const existing: ListedWorkload = {
  name: 'w',
  object: '',
  digest: 'd',
  sources: {},
  containers: [container],
  ends: false,
  mayEnd: false,
  complete: true,
  ports: [],
};
const workload = (policy: 'always' | 'never') =>
  ({
    digest: 'd',
    initContainers: [],
    containers: [{ name: 'web', image: 'web' }],
    restart: { policy },
  }) as unknown as LocalWorkload;

it.each<[string, Partial<ListedWorkload>, string, 'always' | 'never', string | undefined]>([
  ['it is the same', {}, 'sha256:a', 'always', undefined],
  ['Podman has no prefix', { containers: [{ ...container, imageId: 'a' }] }, 'sha256:a', 'always', undefined],
  ['the image is gone', {}, '', 'always', undefined],
  ['the image changed', {}, 'sha256:b', 'always', 'image'],
  ['the specification changed', { digest: 'e' }, 'sha256:b', 'always', 'specification'],
  ['it was not finished', { complete: false }, 'sha256:a', 'always', 'incomplete'],
  ['somebody stopped it', { containers: [{ ...container, state: 'ended' }] }, 'sha256:a', 'always', 'incomplete'],
  ['it may end', { containers: [{ ...container, state: 'ended' }] }, 'sha256:a', 'never', undefined],
  ['a Job has ended', { ends: true, containers: [{ ...container, state: 'ended' }] }, 'sha256:a', 'always', undefined],
])('a workload is replaced or not: %s', (_, more, image, policy, expected) => {
  expect(whyReplaced({ ...existing, ...more }, workload(policy), new Map([['web', image]]))).toBe(expected);
});
