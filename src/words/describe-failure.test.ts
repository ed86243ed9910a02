import { describe, expect, it } from 'vitest';
import type { Failure } from '../model/outcome.ts';
import type { Phase } from '../model/plan.ts';
import { describeAttempt, describeFailure } from './describe-failure.ts';

/** A record, so that TypeScript requires a sample of every code. */
const samples: {
  readonly [Code in Failure['code']]: { readonly failure: Extract<Failure, { code: Code }>; readonly says: string };
} = {
  'exit-nonzero': { failure: { code: 'exit-nonzero', exitCode: 1 }, says: 'exit code 1' },
  'image-unavailable': {
    failure: { code: 'image-unavailable', image: 'node:99', detail: 'manifest unknown' },
    says: 'cannot pull image node:99',
  },
  'start-failed': {
    failure: { code: 'start-failed', detail: 'no such file: /bin/bash', cause: 'no-program' },
    says: 'cannot start the step',
  },
  unschedulable: {
    failure: { code: 'unschedulable', detail: 'no node has 64 GB' },
    says: 'no node can run this pod',
  },
  'quota-exceeded': {
    failure: { code: 'quota-exceeded', detail: 'exceeded quota: pods=5' },
    says: 'the namespace’s quota is exceeded',
  },
  evicted: {
    failure: { code: 'evicted', detail: 'the node was low on memory' },
    says: 'the cluster evicted its pod',
  },
  'node-lost': {
    failure: { code: 'node-lost', node: 'worker-1', detail: 'not ready for 30 s' },
    says: 'node worker-1 stopped responding',
  },
  forbidden: {
    failure: { code: 'forbidden', detail: 'may not create pods' },
    says: 'permission denied by the cluster',
  },
  'out-of-memory': {
    failure: { code: 'out-of-memory', limit: '512Mi' },
    says: 'out of memory: exceeded its limit of 512Mi',
  },
  'container-failed': {
    failure: {
      code: 'container-failed',
      container: 'prep',
      part: 'init',
      how: 'exited with code 4',
      detail: 'cannot reach db',
    },
    says: 'init container prep exited with code 4',
  },
  'timed-out': { failure: { code: 'timed-out', afterMs: 600_000 }, says: 'timed out after 10m 00s' },
  'runtime-lost': {
    failure: { code: 'runtime-lost', detail: 'connection refused' },
    says: 'the runtime stopped responding',
  },
  interrupted: {
    failure: { code: 'interrupted', detail: 'it is retried' },
    says: 'interrupted: the process of Slipway that ran it died',
  },
  'workload-restarted': {
    failure: { code: 'workload-restarted', detail: 'another client restarted the container' },
    says: 'another process restarted its container',
  },
  'workload-deleted': {
    failure: { code: 'workload-deleted', detail: 'no such container' },
    says: 'another process removed its container',
  },
  'disk-full': {
    failure: { code: 'disk-full', where: '/var/lib/docker', detail: 'ENOSPC' },
    says: 'no space left on /var/lib/docker',
  },
  'variable-undefined': {
    failure: {
      code: 'variable-undefined',
      name: 'host',
      path: 'deploy/app.yml',
      environments: ['staging', 'production'],
    },
    says: 'deploy/app.yml: variable host is not defined',
  },
  'file-error': {
    failure: { code: 'file-error', detail: "EROFS: read-only file system, open '/x'" },
    says: 'cannot read or write a file on this machine',
  },
  'file-missing': {
    failure: { code: 'file-missing', field: '`file`', path: 'deploy/app.yml' },
    says: '`file`: deploy/app.yml does not exist in the workspace',
  },
  'build-failed': {
    failure: { code: 'build-failed', detail: 'RUN make: exit code 2' },
    says: 'the image build failed',
  },
  'tests-failed': {
    failure: { code: 'tests-failed', failed: 2, of: 5, problems: ['command "a": exit code 1, expected 0'] },
    says: '2 of 5 tests failed',
  },
  'push-failed': {
    failure: { code: 'push-failed', image: 'r.example/app:1', detail: 'unauthorized' },
    says: 'cannot push image r.example/app:1',
  },
  'render-failed': {
    failure: { code: 'render-failed', source: 'kustomize build base', detail: 'no kustomization.yaml' },
    says: 'cannot render kustomize build base',
  },
  'apply-failed': {
    failure: {
      code: 'apply-failed',
      problems: [{ object: 'deployment.apps/web', detail: 'selector is immutable', cause: 'immutable' }],
    },
    says: 'cannot apply 1 object',
  },
  'not-ready': {
    failure: { code: 'not-ready', of: 3, problems: [{ object: 'deployment.apps/web', detail: 'it crashes' }] },
    says: '1 of 3 resources did not become ready',
  },
  'delete-failed': {
    failure: { code: 'delete-failed', problems: [{ object: 'service/web', detail: 'forbidden', cause: 'forbidden' }] },
    says: 'cannot delete 1 object',
  },
  'artifact-missing': {
    failure: { code: 'artifact-missing', patterns: ['dist/**'] },
    says: 'no file matches the artifact pattern dist/**',
  },
  'artifact-conflict': {
    failure: { code: 'artifact-conflict', path: 'dist/a', otherStep: 'web' },
    says: 'artifact dist/a differs from the one of step web',
  },
  'artifact-refused': {
    failure: { code: 'artifact-refused', path: 'dist/link', detail: 'leads outside' },
    says: 'invalid artifact dist/link',
  },
  unsupported: {
    failure: { code: 'unsupported', detail: 'no images on the host' },
    says: 'this runtime does not support the step',
  },
  internal: {
    failure: { code: 'internal', name: 'TypeError', message: 'x is not a function', stack: 'TypeError\n  at y' },
    says: 'internal error: x is not a function',
  },
};

describe('describeFailure', () => {
  it.each(Object.entries(samples))('%s', (code, { failure, says }) => {
    const text = describeFailure(failure);
    expect(text.what).toBe(says);
    // Only the output of a user's own command needs no advice.
    if (!['exit-nonzero', 'build-failed', 'tests-failed', 'not-ready'].includes(code))
      expect(text.advice.length).toBeGreaterThan(0);
    if ('detail' in failure) expect(text.detail).toContain(failure.detail);
    for (const line of [text.what, ...text.detail, ...text.advice]) expect(line).not.toMatch(/\n|undefined|\.$/);
  });

  it.each([
    [126, /could not execute/],
    [127, /did not find the command/],
    [137, /SIGKILL killed/],
    [143, /SIGTERM terminated/],
  ])('explains exit code %d', (exitCode, advice) =>
    expect(describeFailure({ code: 'exit-nonzero', exitCode }).advice.join()).toMatch(advice),
  );

  it('names the command that exited, if it was not the step’s own', () => {
    const hook = { code: 'exit-nonzero', exitCode: 3, command: 'before hook `make`' } as const;
    expect(describeFailure(hook).what).toBe('exit code 3 in the before hook `make`');
    expect(describeFailure({ ...hook, signal: 'SIGKILL' }).what).toBe('killed by SIGKILL in the before hook `make`');
  });

  it('escapes control characters in a registry’s message', () => {
    const { detail } = describeFailure({
      code: 'image-unavailable',
      image: 'a:1',
      detail: 'not\u001b[2J found\r\nsecond\tline',
    });
    expect(detail).toEqual(['not\\u001b[2J found', 'second  line']);
  });

  it('gives no advice for a failed start of unknown cause', () => {
    expect(describeFailure({ code: 'start-failed', detail: 'something new' }).advice).toEqual([]);
    expect(describeFailure({ code: 'start-failed', detail: 'no bridge', cause: 'network' }).advice.join()).not.toMatch(
      /shell/,
    );
  });

  it('lists up to ten invalid artifacts', () => {
    const refused = (count: number): Failure => {
      const [first = { path: '', detail: '' }, ...others] = Array.from({ length: count }, (_, i) => ({
        path: `dist/${i}`,
        detail: 'it is a pipe',
      }));
      return { code: 'artifact-refused', ...first, others };
    };
    expect(describeFailure(refused(1)).what).toBe('invalid artifact dist/0');
    expect(describeFailure(refused(2))).toMatchObject({
      what: '2 invalid artifacts',
      detail: ['dist/0: it is a pipe', 'dist/1: it is a pipe'],
    });
    expect(describeFailure(refused(12)).detail.slice(-2)).toEqual(['dist/9: it is a pipe', 'and 2 more']);
  });

  it('names the signal', () =>
    expect(describeFailure({ code: 'exit-nonzero', exitCode: 139, signal: 'SIGSEGV' }).what).toBe('killed by SIGSEGV'));

  it('explains how to change the image of a tool', () => {
    const failure: Failure = {
      code: 'image-unavailable',
      image: 'registry.k8s.io/kubectl:v1.34.1',
      detail: 'no route to host',
    };
    expect(describeFailure(failure).advice.join()).not.toContain('images.');
    for (const by of [{}, { by: 'cluster' }] as const)
      expect(describeFailure({ ...failure, ...by, tool: 'kubectl' }).advice.at(-1)).toContain('`images.kubectl`');
  });

  it.each<Extract<Failure, { readonly by?: 'cluster' }>>([
    { code: 'image-unavailable', image: 'node:99', detail: 'not found' },
    { code: 'start-failed', detail: 'the namespace has no Secret "a"' },
    { code: 'timed-out', afterMs: 4_000 },
    { code: 'runtime-lost', detail: 'connection refused' },
    { code: 'workload-deleted', detail: 'the pod a was deleted' },
  ])('gives other advice on a cluster: $code', (failure) => {
    const [here, there] = [describeFailure(failure), describeFailure({ ...failure, by: 'cluster' })];
    expect(there.advice).not.toEqual(here.advice);
    expect(here.advice.join()).not.toMatch(/kubernetes|podTemplate/);
    expect(there.advice.join()).not.toMatch(/`docker login`;|prune/);
    expect(there.detail).toEqual(here.detail);
  });
});

it.each([
  ['too-small', /too small for one pod/],
  ['used-by-others', /other pods of the namespace use up the quota/],
] as const)('gives specific advice for a quota that is %s', (because, advice) => {
  expect(describeFailure({ code: 'quota-exceeded', detail: 'exceeded quota', because }).advice.join()).toMatch(advice);
});

it.each<[what: string, failure: Failure, phase: 'verify' | 'exec' | undefined, advice: RegExp]>([
  [
    'a missing program of a verification',
    { code: 'start-failed', detail: 'cannot run "nope"', cause: 'no-program' },
    'verify',
    /`command` of the container/,
  ],
  ['a missing program of a step', { code: 'start-failed', detail: '', cause: 'no-program' }, undefined, /`shell`/],
  [
    'a network that Docker does not have',
    { code: 'start-failed', detail: 'network shop-network not found', cause: 'network' },
    'verify',
    /no network shop-network: .*`docker network ls`.*NAME-network.*`docker network create shop-network`/,
  ],
  [
    'a network that Podman does not have',
    {
      code: 'start-failed',
      detail: 'container create: unable to find network with name or ID shop-network: network not found',
      cause: 'network',
    },
    'exec',
    /no network shop-network: /,
  ],
  ['another trouble with networks', { code: 'start-failed', detail: 'no bridge', cause: 'network' }, 'exec', /restart/],
  [
    'a permission that jobs lack',
    { code: 'forbidden', detail: 'x' },
    'exec',
    /doctor --on kubernetes`.*docs\/verify.md/,
  ],
  [
    'an image that a job lacks',
    { code: 'image-unavailable', image: 'app', detail: 'x', by: 'cluster' },
    'verify',
    /must be pushed.*`jobManifestPath`/,
  ],
])('advises on %s', (_, failure, phase, advice) => {
  const text = describeFailure(failure, phase).advice.join();
  expect(text).toMatch(advice);
  if (phase !== undefined) expect(text).not.toContain('podTemplate');
});

it.each([126, 127])('says of code %i of a hook that no shell reads its command', (exitCode) => {
  const { advice } = describeFailure({ code: 'exit-nonzero', exitCode, command: 'hook `nope;x`' });
  expect(advice).toEqual([expect.stringContaining('no shell reads the command')]);
});

it('does not advise --pull never for an image that it forbids to pull', () => {
  expect(describeFailure({ code: 'image-unavailable', image: 'app:1', detail: '', notPulled: true })).toEqual({
    what: 'image app:1 is missing',
    detail: [],
    advice: ['build or load the image, or run without --pull never'],
  });
});

describe('advice for builds and tests of a skaffold.yaml', () => {
  const push = (image: string, detail: string, by?: 'cluster'): Failure => ({
    ...{ code: 'push-failed', image, detail },
    ...(by && { by }),
  });
  const missing: Failure = { code: 'image-unavailable', image: 'node:99', detail: '' };
  const denied = 'denied: requested access to the resource is denied';
  const refused = 'dial tcp 127.0.0.1:5000: connect: connection refused';

  it.each<[string, Failure, Phase, readonly RegExp[]]>([
    ['does not name --pull', missing, 'build', [/offline, build or load the image$/]],
    ['names --digest-source', missing, 'render', [/--digest-source tag/, /offline, build or load the image$/]],
    ['does not name --pull for a test', missing, 'test', [/offline, build or load the image$/]],
    [
      'names the images of the builder’s pod',
      { ...missing, by: 'cluster' },
      'build',
      [/imagePullSecrets/, /`kubernetes.builder` and `kubernetes.helperImage` in the operator’s file/],
    ],
    ['names the field of a test', { code: 'timed-out', afterMs: 1 }, 'test', [/^raise `timeoutSeconds` of the test,/]],
    ['names the field of a build', { code: 'timed-out', afterMs: 1 }, 'build', [/^raise `build.cluster.timeout`,/]],
    ['names the registry to log in to', push('r.example/app:1', denied), 'build', [/^run `docker login r.example`$/]],
    [
      'says that a registry is missing',
      push('app:1', denied),
      'build',
      [/^run `docker login`$/, /--default-repo/, /--no-push$/],
    ],
    [
      'takes no folder for a registry',
      push('team/app:1', denied),
      'build',
      [/`docker login`/, /--default-repo/, /--no-push$/],
    ],
    ['names the login of a pod', push('r.example/app:1', denied, 'cluster'), 'build', [/build.cluster.dockerConfig/]],
    [
      'says what localhost is',
      push('127.0.0.1:5000/app:1', refused, 'cluster'),
      'build',
      [/^in a pod, 127.0.0.1:5000 is/],
    ],
    [
      'says it of its name',
      push('localhost:5000/app:1', refused, 'cluster'),
      'build',
      [/^in a pod, localhost:5000 is/],
    ],
    [
      'knows other hosts',
      push('localhost.example/app', refused, 'cluster'),
      'build',
      [/^check that localhost.example/],
    ],
    ['says it only of pods', push('localhost:5000/app:1', refused), 'build', [/^check that localhost:5000/]],
  ])('%s', (_, failure, phase, advice) => {
    expect(describeFailure(failure, phase).advice).toEqual(advice.map((one) => expect.stringMatching(one) as unknown));
  });
});

describe('a missing permission', () => {
  const failure: Failure = { code: 'forbidden', detail: 'may not patch pods' };
  it.each([
    ['deploy', expect.stringContaining('docs/deploys.md') as string],
    [undefined, expect.stringContaining('docs/kubernetes.md') as string],
  ] as const)('of phase %s has advice', (phase, advice) => {
    expect(describeFailure(failure, phase).advice).toEqual([advice]);
  });
});

describe('a missing file of this machine', () => {
  const missing: Failure = { code: 'file-missing', field: 'context', path: '/p/web' };
  it.each<[Failure, string]>([
    [missing, 'create it, or correct `context`'],
    [
      { ...missing, at: { file: 'skaffold.yaml', line: 7, column: 14 } },
      'create it, or correct `context` in skaffold.yaml:7:14',
    ],
  ])('has advice', (failure, advice) => {
    expect(describeFailure(failure, 'build')).toMatchObject({
      what: 'context: /p/web does not exist',
      advice: [advice],
    });
  });
});

describe('an attempt before another one', () => {
  it.each<[Failure, string]>([
    [{ code: 'exit-nonzero', exitCode: 3 }, 'attempt 1 failed: exit code 3'],
    [{ code: 'interrupted', detail: '' }, 'attempt 1 was interrupted: the process of Slipway that ran it died'],
  ])('is described', (failure, text) => {
    expect(describeAttempt(1, failure)).toBe(text);
  });
});
