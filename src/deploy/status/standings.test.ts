/** What each kind's own status means. The states are those of a cluster of Kubernetes 1.34, shortened. */
import { expect, it } from 'vitest';
import type { Standing } from './standing.ts';
import { waitedKindOf } from './waited-kinds.ts';
import type { WatchedObject } from './watched-object.ts';

type Fields = Readonly<Record<string, unknown>>;
type Row = readonly [kind: string, what: string, object: Fields, status: Standing['status'], message: string];

const of = (generation: number, spec: Fields, status?: Fields): Fields => ({
  metadata: { name: 'web', generation },
  spec,
  ...(status && { status }),
});
const is = (type: string, status: string, reason: string, message = ''): Fields => ({ type, status, reason, message });
const progressing = is('Progressing', 'True', 'ReplicaSetUpdated');
const old = 'web-6bddc6845';
const next = 'web-6f644fc4d6';
const unobserved = 'waiting for its new specification to be observed';

const deployment: readonly Row[] = [
  ['apps/v1 Deployment', 'new', of(1, { replicas: 3 }, {}), 'inProgress', unobserved],
  [
    'apps/v1 Deployment',
    'a new template whose ReplicaSet exists, but is not observed',
    of(2, { replicas: 2 }, { observedGeneration: 1, replicas: 2, updatedReplicas: 2, availableReplicas: 2 }),
    'inProgress',
    unobserved,
  ],
  [
    'apps/v1 Deployment',
    'no new pods yet',
    of(2, { replicas: 2 }, { observedGeneration: 2, replicas: 2, availableReplicas: 2, unavailableReplicas: 1 }),
    'inProgress',
    '0 out of 2 new replicas have been updated',
  ],
  [
    'apps/v1 Deployment',
    'some new pods',
    of(2, { replicas: 2 }, { observedGeneration: 2, replicas: 3, updatedReplicas: 1, availableReplicas: 2 }),
    'inProgress',
    '1 out of 2 new replicas have been updated',
  ],
  [
    'apps/v1 Deployment',
    'old pods still run',
    of(2, { replicas: 2 }, { observedGeneration: 2, replicas: 3, updatedReplicas: 2, availableReplicas: 3 }),
    'inProgress',
    '1 old replica pending termination',
  ],
  [
    'apps/v1 Deployment',
    'not all are available',
    of(
      1,
      { replicas: 3 },
      { observedGeneration: 1, replicas: 3, updatedReplicas: 3, availableReplicas: 1, conditions: [progressing] },
    ),
    'inProgress',
    '1 of 3 updated replicas are available',
  ],
  [
    'apps/v1 Deployment',
    'complete',
    of(1, { replicas: 3 }, { observedGeneration: 1, replicas: 3, updatedReplicas: 3, availableReplicas: 3 }),
    'succeeded',
    'successfully rolled out',
  ],
  [
    'apps/v1 Deployment',
    'scaled to none',
    of(1, { replicas: 0 }, { observedGeneration: 1 }),
    'succeeded',
    'successfully rolled out',
  ],
  [
    'apps/v1 Deployment',
    'out of time',
    of(
      1,
      { replicas: 1 },
      {
        observedGeneration: 1,
        replicas: 1,
        updatedReplicas: 1,
        conditions: [is('Progressing', 'False', 'ProgressDeadlineExceeded')],
      },
    ),
    'failed',
    'exceeded its progress deadline',
  ],
  [
    'apps/v1 Deployment',
    'paused before its first pod',
    of(
      1,
      { replicas: 1, paused: true },
      { observedGeneration: 1, conditions: [is('Progressing', 'Unknown', 'DeploymentPaused')] },
    ),
    'succeeded',
    'its rollout is paused: 0 out of 1 new replicas have been updated',
  ],
  [
    'apps/v1 Deployment',
    'paused, but its pods are replaced after a failure of their node',
    of(
      1,
      { replicas: 1, paused: true },
      { observedGeneration: 1, replicas: 1, updatedReplicas: 1, availableReplicas: 0 },
    ),
    'inProgress',
    '0 of 1 updated replicas are available',
  ],
];

const partition = { replicas: 2, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } };
const onDelete = { replicas: 1, updateStrategy: { type: 'OnDelete' } };
const set = (spec: Fields, status: Fields): Fields => of(2, spec, { observedGeneration: 2, ...status });

const statefulSet: readonly Row[] = [
  [
    'apps/v1 StatefulSet',
    'new',
    of(1, { replicas: 2 }, { replicas: 0, availableReplicas: 0 }),
    'inProgress',
    unobserved,
  ],
  [
    'apps/v1 StatefulSet',
    'first pod',
    set({ replicas: 2 }, { replicas: 1, updatedReplicas: 1, currentRevision: old, updateRevision: old }),
    'inProgress',
    '0 of 2 pods are ready',
  ],
  [
    'apps/v1 StatefulSet',
    'between two pods of an update',
    set(
      { replicas: 2 },
      { replicas: 2, readyReplicas: 2, updatedReplicas: 1, currentRevision: old, updateRevision: next },
    ),
    'inProgress',
    `rolling update: 1 out of 2 pods at revision ${next}`,
  ],
  [
    'apps/v1 StatefulSet',
    'updated',
    set(
      { replicas: 2 },
      { replicas: 2, readyReplicas: 2, updatedReplicas: 2, currentRevision: next, updateRevision: next },
    ),
    'succeeded',
    `rolling update complete: 2 pods at revision ${next}`,
  ],
  [
    'apps/v1 StatefulSet',
    'scaled down',
    set(
      { replicas: 1 },
      { replicas: 2, readyReplicas: 2, updatedReplicas: 2, currentRevision: next, updateRevision: next },
    ),
    'inProgress',
    '1 old pod pending termination',
  ],
  [
    'apps/v1 StatefulSet',
    'partition: not begun',
    set(partition, { replicas: 2, readyReplicas: 2, currentRevision: old, updateRevision: next }),
    'inProgress',
    'partitioned roll out: 0 out of 1 new pods have been updated',
  ],
  [
    'apps/v1 StatefulSet',
    'partition: done',
    set(partition, { replicas: 2, readyReplicas: 2, updatedReplicas: 1, currentRevision: old, updateRevision: next }),
    'succeeded',
    'partitioned roll out complete: 1 new pod updated',
  ],
  [
    'apps/v1 StatefulSet',
    'OnDelete: nobody deleted a pod',
    set(onDelete, { replicas: 1, readyReplicas: 1, currentRevision: old, updateRevision: next }),
    'succeeded',
    '1 pod ready, 0 out of 1 updated (OnDelete)',
  ],
];

const daemonSet: readonly Row[] = [
  ['apps/v1 DaemonSet', 'new', of(1, {}, { desiredNumberScheduled: 0, numberReady: 0 }), 'inProgress', unobserved],
  [
    'apps/v1 DaemonSet',
    'the old pod is gone',
    of(2, {}, { observedGeneration: 2, desiredNumberScheduled: 1, currentNumberScheduled: 0 }),
    'inProgress',
    '0 out of 1 new pods have been updated',
  ],
  [
    'apps/v1 DaemonSet',
    'the new pod starts',
    of(2, {}, { observedGeneration: 2, desiredNumberScheduled: 1, updatedNumberScheduled: 1 }),
    'inProgress',
    '0 of 1 updated pods are available',
  ],
  [
    'apps/v1 DaemonSet',
    'complete',
    of(2, {}, { observedGeneration: 2, desiredNumberScheduled: 1, updatedNumberScheduled: 1, numberAvailable: 1 }),
    'succeeded',
    'successfully rolled out',
  ],
  [
    'apps/v1 DaemonSet',
    'OnDelete: nobody deleted a pod',
    of(
      2,
      { updateStrategy: { type: 'OnDelete' } },
      { observedGeneration: 2, desiredNumberScheduled: 1, numberAvailable: 1 },
    ),
    'succeeded',
    '1 pod available (OnDelete)',
  ],
];

const limit = is('FailureTarget', 'True', 'BackoffLimitExceeded', 'Job has reached the specified backoff limit');

const job: readonly Row[] = [
  ['batch/v1 Job', 'new', of(1, { completions: 1 }), 'inProgress', '0 of 1 pods have completed'],
  [
    'batch/v1 Job',
    'tries again',
    of(1, { completions: 2, backoffLimit: 3 }, { active: 1, failed: 1, succeeded: 1 }),
    'inProgress',
    '1 of 2 pods have completed, 1 failed (backoffLimit 3)',
  ],
  [
    'batch/v1 Job',
    'its pods are counted',
    of(1, { completions: 1 }, { conditions: [is('SuccessCriteriaMet', 'True', 'CompletionsReached')] }),
    'inProgress',
    '0 of 1 pods have completed',
  ],
  [
    'batch/v1 Job',
    'complete',
    of(1, {}, { succeeded: 1, conditions: [is('SuccessCriteriaMet', 'True', ''), is('Complete', 'True', '')] }),
    'succeeded',
    'completed',
  ],
  [
    'batch/v1 Job',
    'will fail',
    of(1, { backoffLimit: 1 }, { terminating: 1, conditions: [limit] }),
    'failed',
    'has reached the specified backoff limit',
  ],
  ['batch/v1 Job', 'suspended', of(1, { suspend: true }, {}), 'succeeded', 'is suspended'],
];

const pod = (status: Fields): Fields => ({
  metadata: { name: 'web' },
  spec: { containers: [{ name: 'a' }, { name: 'b' }] },
  status,
});

const others: readonly Row[] = [
  ['v1 Pod', 'new', pod({ phase: 'Pending' }), 'inProgress', '0 of 2 containers are ready'],
  [
    'v1 Pod',
    'one container is ready',
    pod({
      phase: 'Running',
      containerStatuses: [
        { name: 'a', ready: true },
        { name: 'b', ready: false },
      ],
    }),
    'inProgress',
    '1 of 2 containers are ready',
  ],
  ['v1 Pod', 'ready', pod({ phase: 'Running', conditions: [is('Ready', 'True', '')] }), 'succeeded', 'is ready'],
  ['v1 Pod', 'completed', pod({ phase: 'Succeeded' }), 'succeeded', 'completed'],
  ['v1 Pod', 'failed', pod({ phase: 'Failed' }), 'failed', 'failed'],
  [
    'v1 Pod',
    'evicted',
    pod({ phase: 'Failed', reason: 'Evicted', message: 'The node was low on memory.' }),
    'failed',
    'Evicted: The node was low on memory.',
  ],
  [
    'apps/v1 ReplicaSet',
    'starts',
    of(1, { replicas: 2 }, { observedGeneration: 1, replicas: 2, availableReplicas: 1 }),
    'inProgress',
    '1 of 2 replicas are available',
  ],
  [
    'apps/v1 ReplicaSet',
    'complete',
    of(1, { replicas: 2 }, { observedGeneration: 1, replicas: 2, availableReplicas: 2 }),
    'succeeded',
    '2 replicas available',
  ],
  [
    'v1 ReplicationController',
    'scaled down',
    of(2, { replicas: 1 }, { observedGeneration: 2, replicas: 2, availableReplicas: 2 }),
    'inProgress',
    '1 replica pending termination',
  ],
  ['v1 PersistentVolumeClaim', 'new', of(1, {}, { phase: 'Pending' }), 'inProgress', 'is not bound'],
  ['v1 PersistentVolumeClaim', 'bound', of(1, {}, { phase: 'Bound' }), 'succeeded', 'is bound'],
  ['v1 PersistentVolumeClaim', 'lost', of(1, {}, { phase: 'Lost' }), 'failed', 'its volume is lost'],
  ['apiextensions.k8s.io/v1 CustomResourceDefinition', 'new', of(1, {}, {}), 'inProgress', 'is not established'],
  [
    'apiextensions.k8s.io/v1 CustomResourceDefinition',
    'established',
    of(1, {}, { conditions: [is('NamesAccepted', 'True', ''), is('Established', 'True', '')] }),
    'succeeded',
    'is established',
  ],
  [
    'apiextensions.k8s.io/v1 CustomResourceDefinition',
    'its name is taken',
    of(1, {}, { conditions: [is('NamesAccepted', 'False', 'PluralConflict', '"tables" is already in use')] }),
    'failed',
    'its names are not accepted: "tables" is already in use',
  ],
];

const custom: readonly Row[] = [
  ['no status', of(1, {}), 'succeeded', 'is current'],
  [
    'the status is of an older generation',
    of(2, {}, { observedGeneration: 1, conditions: [is('Ready', 'True', '')] }),
    'inProgress',
    unobserved,
  ],
  ['ready', of(2, {}, { observedGeneration: 2, conditions: [is('Ready', 'True', 'Done')] }), 'succeeded', 'is ready'],
  [
    'not ready',
    of(1, {}, { conditions: [is('Ready', 'False', 'Pending', 'waiting for DNS')] }),
    'inProgress',
    'is not ready: waiting for DNS',
  ],
  [
    'no word on readiness yet',
    of(1, {}, { conditions: [is('Ready', 'Unknown', 'Started')] }),
    'inProgress',
    'is not ready: Started',
  ],
  [
    'reconciling',
    of(1, {}, { conditions: [is('Reconciling', 'True', 'Scaling'), is('Ready', 'True', '')] }),
    'inProgress',
    'is reconciling: Scaling',
  ],
  [
    'not reconciling, not stalled',
    of(1, {}, { conditions: [is('Reconciling', 'False', ''), is('Stalled', 'False', '')] }),
    'succeeded',
    'is current',
  ],
  [
    'stalled',
    of(1, {}, { conditions: [is('Stalled', 'True', 'NoQuota', 'out of addresses')] }),
    'failed',
    'is stalled: out of addresses',
  ],
  [
    'ready in an older generation',
    of(2, {}, { conditions: [{ ...is('Ready', 'True', ''), observedGeneration: 1 }] }),
    'inProgress',
    unobserved,
  ],
  [
    'conditions of another shape',
    of(1, {}, { conditions: 'none', observedGeneration: 'x' }),
    'succeeded',
    'is current',
  ],
  ['being deleted', { metadata: { name: 'web', deletionTimestamp: 'now' } }, 'inProgress', 'is being deleted'],
].map(([what, object, status, message]) => ['example.com/v1 Table', what, object, status, message] as Row);

it.each([...deployment, ...statefulSet, ...daemonSet, ...job, ...others, ...custom])(
  '%s: %s',
  (kind, _what, object, status, message) => {
    const [apiVersion = '', name = ''] = kind.split(' ');
    const standing = waitedKindOf({ apiVersion, kind: name })?.judge(object as unknown as WatchedObject, undefined);
    expect(standing).toMatchObject({ status, message });
  },
);

it('a claim whose volume is made for its first pod is not waited for', () => {
  const claim = { metadata: { name: 'data' }, status: { phase: 'Pending' } };
  const standing = waitedKindOf({ apiVersion: 'v1', kind: 'PersistentVolumeClaim' })?.judge(
    claim,
    'WaitForFirstConsumer',
  );
  expect(standing).toEqual({ status: 'succeeded', message: 'waits for its first pod' });
});

it.each([
  ['v1', 'Service'],
  ['v1', 'ConfigMap'],
  ['batch/v1', 'CronJob'],
  ['networking.k8s.io/v1', 'Ingress'],
  ['rbac.authorization.k8s.io/v1', 'Role'],
])('a kind that is ready once it exists: %s %s', (apiVersion, kind) => {
  expect(waitedKindOf({ apiVersion, kind })).toBeUndefined();
});
