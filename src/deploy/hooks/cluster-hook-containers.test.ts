import { expect, test } from 'vitest';
import type { Pod, PodMetadata } from '../../clusters/pods/pod-types.ts';
import { matchingContainers } from './cluster-hook-containers.ts';

const pod = (metadata: Partial<PodMetadata> = {}, phase: 'Running' | 'Pending' = 'Running'): Pod => ({
  metadata: { name: 'web-5d4f-x2z', ...metadata },
  spec: {
    containers: [{ name: 'app' }, { name: 'proxy' }, { name: 'crashed' }],
    initContainers: [{ name: 'setup' }],
  },
  status: {
    phase,
    containerStatuses: [
      { name: 'app', state: { running: {} } },
      { name: 'proxy', state: { running: {} } },
      { name: 'crashed', state: { waiting: { reason: 'CrashLoopBackOff' } } },
    ],
    initContainerStatuses: [{ name: 'setup', state: { running: {} } }],
  },
});

test.each([
  ['all that run', pod(), {}, ['app', 'proxy']],
  ['a container by name', pod(), { containerName: 'app' }, ['app']],
  ['patterns', pod(), { podName: 'web-*', containerName: 'pro*' }, ['proxy']],
  ['another pod', pod(), { podName: 'db-*' }, []],
  ['a pod that is being deleted', pod({ deletionTimestamp: '2026-01-01T00:00:00Z' }), {}, []],
  ['a pod that does not run yet', pod({}, 'Pending'), {}, []],
  ['an init container', pod(), { containerName: 'setup' }, []],
])('containers of a pod: %s', (_, of, hook, names) => {
  expect(matchingContainers(of, hook)).toEqual(names);
});
