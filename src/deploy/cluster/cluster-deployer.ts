import { ApiDiscovery } from '../../clusters/api/api-discovery.ts';
import { hasStatus } from '../../clusters/api/api-error.ts';
import type { ApiResource } from '../../clusters/api/api-resource.ts';
import type { DeployedObject } from '../../model/artifact.ts';
import type { Clock } from '../../model/clock.ts';
import { cancelledBy, failed, succeeded, type Failure, type ObjectProblem, type Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import type { TargetCluster } from '../../runtime/target-cluster.ts';
import { inParallel } from '../../util/in-parallel.ts';
import type { Deployed, Deployer } from '../deployer.ts';
import { groupKindOf, shownObject, type Manifest } from '../kubernetes-object.ts';
import { applyObjects, type Applied } from './apply-objects.ts';
import { ApplySetParent, ForeignParent } from './apply-set-parent.ts';
import { nothing, unionOf, type SetContents } from './apply-set.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { clusterFailure } from '../cluster-failure.ts';
import { membersOf, type LiveObject } from './live-object.ts';
import { objectKey, type ObjectKey } from './needs-of.ts';
import { plannedContents, plannedObjects, recordProblems, type PlannedObject } from './planned-objects.ts';
import { pruneMembers } from './prune-members.ts';
import { releaseObject } from './release-object.ts';
import { removeMembers } from './remove-members.ts';
import { createdAnnotation } from './sent-object.ts';
import { keptWarning } from './why-kept.ts';

export interface ClusterDeployment {
  readonly target: TargetCluster;
  /** Names the set of objects in its namespace. A later deploy with the same name replaces them. */
  readonly setName: string;
  readonly manifests: (work: Work) => Promise<Outcome<readonly Manifest[]>>;
  /** Takes fields over from other managers, and creates objects again whose fields cannot change. */
  readonly force?: boolean;
  /** Removes everything if there is nothing to deploy. Without it that is a failure. */
  readonly allowEmpty?: boolean;
  /** Default: that of the work. */
  readonly clock?: Clock;
  /** How long an object may take to be created or deleted, in milliseconds. Default: two minutes. */
  readonly withinMs?: number;
}

const defaultWithinMs = 120_000;
const atOnce = 8;

/**
 * Returns the deployer that applies manifests to a cluster with Server-Side Apply. It records what it applied as an
 * ApplySet in the target's namespace, applies only what changed, and removes what is no longer rendered.
 */
export function clusterDeployer(deployment: ClusterDeployment): Deployer {
  const run = async (work: Work, act: (part: ClusterDeploy) => Promise<Outcome<Deployed>>) => {
    const access: ClusterAccess = {
      client: deployment.target.client,
      clock: deployment.clock ?? work.clock,
      signal: work.signal,
      withinMs: deployment.withinMs ?? defaultWithinMs,
    };
    const part = new ClusterDeploy(deployment, access, work);
    try {
      return await act(part);
    } catch (error) {
      if (work.signal.aborted) return cancelledBy(work.signal);
      const failure = part.failureOf(error);
      if (failure === undefined) throw error;
      return failed(failure);
    }
  };
  return {
    kind: 'kubectl',
    deploy: async (work) => {
      const manifests = await deployment.manifests(work);
      if (manifests.status !== 'succeeded') return manifests;
      return await run(work, async (part) => await part.deploy(manifests.value));
    },
    remove: async (work) => await run(work, async (part) => await part.remove()),
  };
}

/** One call of the deployer. */
class ClusterDeploy {
  readonly #deployment: ClusterDeployment;
  readonly #access: ClusterAccess;
  readonly #work: Work;
  readonly #parent: ApplySetParent;
  readonly #discovery: ApiDiscovery;

  constructor(deployment: ClusterDeployment, access: ClusterAccess, work: Work) {
    this.#deployment = deployment;
    this.#access = access;
    this.#work = work;
    this.#parent = new ApplySetParent(access, deployment.setName, deployment.target.namespace);
    this.#discovery = new ApiDiscovery(access.client, access.clock, access.signal);
  }

  async deploy(manifests: readonly Manifest[]): Promise<Outcome<Deployed>> {
    const { planned, problems: repeated } = plannedObjects(manifests);
    const problems = [...repeated, ...recordProblems(planned, this.#parent)];
    if (problems.length > 0) return failed({ code: 'apply-failed', problems });
    const wanted = plannedContents(planned, this.#namespace);
    const [before] = await Promise.all([this.#parent.read(), this.#resourcesOf(planned)]);
    if (before === undefined && planned.length === 0) return succeeded({ objects: [] });

    const members = await this.#members(unionOf(before ?? nothing, wanted), planned);
    if (planned.length === 0 && members.length > 0 && this.#deployment.allowEmpty !== true)
      return failed({ code: 'apply-failed', problems: members.map(unexpectedlyEmpty) });
    const first = await this.#grow(wanted, planned);
    if (first.problems.length > 0) return failed({ code: 'apply-failed', problems: first.problems });

    const isLeft = ({ name, manifest: { object } }: PlannedObject) =>
      !first.objects.some((done) => done.kind === object.kind && done.name === name);
    const rest = await this.#apply(planned.filter(isLeft), members);
    if (rest.problems.length > 0) return failed({ code: 'apply-failed', problems: rest.problems });
    const applied: Applied = {
      objects: [...first.objects, ...rest.objects],
      problems: [],
      uids: new Set([...first.uids, ...rest.uids]),
    };
    return await this.#prune(planned, members, applied, wanted);
  }

  async remove(): Promise<Outcome<Deployed>> {
    const contents = await this.#parent.read();
    const found = contents === undefined ? await this.#orphans() : await this.#members(contents);
    const isOurs = ({ resource, metadata }: LiveObject) =>
      resource.kind !== 'Namespace' || metadata.annotations?.[createdAnnotation] === this.#parent.id;
    const members = contents === undefined ? found.filter(isOurs) : found;
    const removed: DeployedObject[] = [];
    const problems = await removeMembers(this.#access, this.#parent, members.filter(isOurs), {
      onGone: (object) => removed.push(this.#removed(object)),
      onKept: (object, why) => this.#warn(keptWarning(object, why)),
    });
    if (problems.length > 0) return failed({ code: 'delete-failed', problems });
    for (const member of members) if (!isOurs(member)) await releaseObject(this.#access, member);
    await this.#parent.remove();
    return succeeded({ objects: removed });
  }

  failureOf(error: unknown): Failure | undefined {
    if (!(error instanceof ForeignParent)) return clusterFailure(error);
    const object = `configmap/${this.#parent.name}`;
    return { code: 'apply-failed', problems: [{ object, namespace: this.#namespace, detail: error.message }] };
  }

  get #namespace(): string {
    return this.#deployment.target.namespace;
  }

  get #recordKey(): ObjectKey {
    return objectKey({ apiVersion: 'v1', kind: 'ConfigMap' }, this.#parent.namespace, this.#parent.name);
  }

  /** Asks for all kinds at once. */
  async #resourcesOf(planned: readonly PlannedObject[]): Promise<void> {
    await Promise.all(planned.map(async ({ manifest }) => await this.#discovery.resourceOf(manifest.object)));
  }

  /** Returns what a set without a record left. Who may not look in the whole cluster created no namespace either. */
  async #orphans(): Promise<readonly LiveObject[]> {
    try {
      return await this.#members(orphanNamespace);
    } catch (error) {
      if (!hasStatus(error, 403)) throw error;
      return [];
    }
  }

  /** Returns the members that the cluster has, by the versions that the manifests name. */
  async #members(contents: SetContents, planned: readonly PlannedObject[] = []): Promise<readonly LiveObject[]> {
    const versions = new Map(planned.map(({ manifest }) => [groupKindOf(manifest.object), manifest.object]));
    const resources = await inParallel(contents.groupKinds, atOnce, async (groupKind) => {
      const object = versions.get(groupKind);
      return (
        (object && (await this.#discovery.resourceOf(object))) ?? (await this.#discovery.preferredResource(groupKind))
      );
    });
    const known = resources.filter((resource): resource is ApiResource => resource !== undefined);
    const namespaces = [this.#namespace, ...contents.namespaces];
    const { client, clock, signal } = this.#access;
    const found = await membersOf(client, clock, this.#parent.id, known, namespaces, signal);
    // A manifest with its name may have marked the record as a member. It is removed with the set only.
    return found.filter((member) => keyOf(member) !== this.#recordKey);
  }

  /**
   * Writes down where members will be. If the parent's namespace is missing, and is one of the objects, it is applied
   * first.
   */
  async #grow(wanted: SetContents, planned: readonly PlannedObject[]): Promise<Applied> {
    try {
      await this.#parent.grow(wanted);
      return { objects: [], problems: [], uids: new Set() };
    } catch (error) {
      if (!hasStatus(error, 404)) throw error;
    }
    const isParents = ({ manifest: { object }, name }: PlannedObject) =>
      object.apiVersion === 'v1' && object.kind === 'Namespace' && name === this.#namespace;
    const own = planned.filter(isParents);
    if (own.length === 0) return { objects: [], problems: [this.#withoutNamespace()], uids: new Set() };
    const applied = await this.#apply(own, []);
    if (applied.problems.length === 0) await this.#parent.grow(wanted);
    return applied;
  }

  #withoutNamespace(): ObjectProblem {
    return {
      object: `configmap/${this.#parent.name}`,
      namespace: this.#namespace,
      detail: `the cluster has no namespace "${this.#namespace}": create it, or add it to the manifests`,
      cause: 'no-namespace',
    };
  }

  async #apply(planned: readonly PlannedObject[], members: readonly LiveObject[]): Promise<Applied> {
    return await applyObjects(this.#access, planned, {
      discovery: this.#discovery,
      live: new Map(members.map((member) => [keyOf(member), member])),
      options: { setId: this.#parent.id, force: this.#deployment.force === true },
      namespace: this.#namespace,
      output: this.#work.output,
    });
  }

  async #prune(
    planned: readonly PlannedObject[],
    members: readonly LiveObject[],
    applied: Applied,
    wanted: SetContents,
  ): Promise<Outcome<Deployed>> {
    const { removed, problems, left, released } = await pruneMembers(
      this.#access,
      this.#parent,
      planned,
      members,
      applied,
    );
    for (const object of released)
      this.#warn(keptWarning(object, 'it is no longer rendered, and others may use its kind'));
    const objects = [...applied.objects, ...removed.map((object) => this.#removed(object))];
    if (problems.length > 0) return failed({ code: 'delete-failed', problems });
    await this.#parent.shrink(unionOf(wanted, left));
    return succeeded({ objects });
  }

  #warn(message: string): void {
    this.#work.output.observe({ type: 'noted', level: 'warning', message });
  }

  #removed({ resource: { apiVersion, kind }, metadata: { name, namespace } }: LiveObject): DeployedObject {
    const where = namespace === undefined ? {} : { namespace };
    this.#work.output.observe({ type: 'object.removed', object: shownObject({ apiVersion, kind, name }), ...where });
    return { apiVersion, kind, ...where, name, change: 'removed' };
  }
}

/** A set whose parent was never created, or is gone, can only have left the namespace of its parent. */
const orphanNamespace: SetContents = { groupKinds: ['Namespace'], namespaces: [] };

function keyOf({ resource, metadata }: LiveObject): ObjectKey {
  return objectKey(resource, metadata.namespace, metadata.name);
}

function unexpectedlyEmpty({ resource, metadata: { name, namespace } }: LiveObject): ObjectProblem {
  return {
    object: shownObject({ ...resource, name }),
    ...(namespace !== undefined && { namespace }),
    detail: 'it is deployed, but nothing was rendered: to remove it, use --allow-empty or `slipway delete`',
  };
}
