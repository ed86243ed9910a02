import type { DeployedObject } from '../../model/artifact.ts';
import type { Pod } from '../../clusters/pods/pod-types.ts';
import { groupOf } from '../kubernetes-object.ts';
import { judgeClaim } from './judge-claim.ts';
import { judgeCustom } from './judge-custom.ts';
import { judgeDaemonSet } from './judge-daemon-set.ts';
import { judgeDefinition } from './judge-definition.ts';
import { judgeDeployment } from './judge-deployment.ts';
import { judgeJob } from './judge-job.ts';
import { judgePod } from './judge-pod.ts';
import { judgeReplicaSet } from './judge-replica-set.ts';
import { judgeStatefulSet } from './judge-stateful-set.ts';
import type { Standing } from './standing.ts';
import type { WatchedObject } from './watched-object.ts';

/** What a status check knows about a kind that it waits for. */
export interface WaitedKind {
  /** As in paths: `deployments`. Absent: the cluster knows. */
  readonly plural?: string;
  readonly isInNamespace?: boolean;
  /** @param lastEvent the reason of the object's last Event */
  judge(object: WatchedObject, lastEvent: string | undefined): Standing;
  /** How its pods are found. Absent: it has none. */
  readonly pods?: PodsOfKind;
}

/**
 * `throughReplicaSets`: those of its current ReplicaSet. `byRevision`: all of them, and the current ones have a label. `all`: every
 * one counts. `attempts`: each may fail, for the object decides how often. `itself`: the object is a pod.
 */
export type PodsOfKind = 'throughReplicaSets' | 'byRevision' | 'all' | 'attempts' | 'itself';

const namespaced = (plural: string, judge: WaitedKind['judge'], pods?: PodsOfKind): WaitedKind => ({
  plural,
  isInNamespace: true,
  judge,
  ...(pods && { pods }),
});

/** The kinds of Kubernetes itself that become ready, by API group. Every other kind of these groups is ready once it exists. */
const builtIn: Readonly<Record<string, Readonly<Record<string, WaitedKind>>>> = {
  '': {
    Pod: namespaced('pods', (object) => judgePod(object as Pod), 'itself'),
    ReplicationController: namespaced('replicationcontrollers', judgeReplicaSet, 'all'),
    PersistentVolumeClaim: namespaced('persistentvolumeclaims', judgeClaim),
  },
  apps: {
    Deployment: namespaced('deployments', judgeDeployment, 'throughReplicaSets'),
    StatefulSet: namespaced('statefulsets', judgeStatefulSet, 'byRevision'),
    DaemonSet: namespaced('daemonsets', judgeDaemonSet, 'byRevision'),
    ReplicaSet: namespaced('replicasets', judgeReplicaSet, 'all'),
  },
  batch: { Job: namespaced('jobs', judgeJob, 'attempts') },
  'apiextensions.k8s.io': {
    CustomResourceDefinition: {
      plural: 'customresourcedefinitions',
      isInNamespace: false,
      judge: judgeDefinition,
    },
  },
  ...Object.fromEntries(
    [
      ...[
        'admissionregistration',
        'apiregistration',
        'authentication',
        'authorization',
        'certificates',
        'coordination',
      ],
      ...['discovery', 'events', 'flowcontrol.apiserver', 'internal.apiserver', 'networking', 'node'],
      ...['rbac.authorization', 'resource', 'scheduling', 'storage', 'storagemigration'],
    ].map((group) => [`${group}.k8s.io`, {}]),
  ),
  autoscaling: {},
  policy: {},
};

const custom: WaitedKind = { judge: judgeCustom };

/** Returns `undefined` for kinds that are ready once they exist. */
export function waitedKindOf(object: Pick<DeployedObject, 'apiVersion' | 'kind'>): WaitedKind | undefined {
  const ofGroup = builtIn[groupOf(object)];
  return ofGroup === undefined ? custom : ofGroup[object.kind];
}
