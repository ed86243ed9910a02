import { ApiDiscovery } from '../../clusters/api/api-discovery.ts';
import { hasStatus } from '../../clusters/api/api-error.ts';
import { refusedPermission } from '../../clusters/refused-permission.ts';
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
import { ApplySetParent, UnusableParent, type Course } from './apply-set-parent.ts';
import { idLabel, nothing, unionOf, type SetContents } from './apply-set.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { clusterFailure } from '../cluster-failure.ts';
import { contentsOfMembers, distinct, membersOf, searchMembers } from './set-members.ts';
import type { LiveObject } from './live-object.ts';
import { objectKey, type ObjectKey } from './needs-of.ts';
import { plannedContents, plannedObjects, recordProblems, type PlannedObject } from './planned-objects.ts';
import { pruneMembers, unwantedMembers } from './prune-members.ts';
import {
  lostMeanwhile,
  namespaceGone,
  recordProblem,
  removedMeanwhile,
  unseenWarning,
  withoutNamespace,
  writtenAgain,
} from './record-problems.ts';
import { releaseObject, unmarkObject } from './release-object.ts';
import { removeMembers } from './remove-members.ts';
import { createdAnnotation } from './sent-object.ts';
import { keptWarning, holdsOthers, isDefinition } from './why-kept.ts';
import { wrongNamespaceName } from '../manifests/object-name.ts';

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
/** How often a removal begins again because a deploy of the set ran at the same time. */
const mostRemovals = 3;

/**
 * Returns the deployer that applies manifests to a cluster with Server-Side Apply. It records what it applied as an
 * ApplySet in the target's namespace, applies only what changed, and removes what is no longer rendered.
 */
export function clusterDeployer(deployment: ClusterDeployment): Deployer {
  const run = async (
    work: Work,
    onDone: OnDone | undefined,
    action: 'apply' | 'delete',
    act: (part: ClusterDeploy) => Promise<Outcome<Deployed>>,
  ) => {
    const access: ClusterAccess = {
      client: deployment.target.client,
      clock: deployment.clock ?? work.clock,
      signal: work.signal,
      withinMs: deployment.withinMs ?? defaultWithinMs,
    };
    const part = new ClusterDeploy(deployment, access, work, onDone);
    try {
      return await act(part);
    } catch (error) {
      if (work.signal.aborted) return cancelledBy(work.signal);
      const failure = part.failureOf(error, action);
      if (failure === undefined) throw error;
      return failed(failure);
    }
  };
  return {
    kind: 'kubectl',
    deploy: async (work, onDone) => {
      const manifests = await deployment.manifests(work);
      if (manifests.status !== 'succeeded') return manifests;
      return await run(work, onDone, 'apply', async (part) => await part.deploy(manifests.value));
    },
    remove: async (work, onDone) => await run(work, onDone, 'delete', async (part) => await part.remove()),
  };
}

type OnDone = (object: DeployedObject) => void;

/** One call of the deployer. */
class ClusterDeploy {
  readonly #deployment: ClusterDeployment;
  readonly #access: ClusterAccess;
  readonly #work: Work;
  readonly #onDone: OnDone | undefined;
  readonly #parent: ApplySetParent;
  readonly #discovery: ApiDiscovery;

  constructor(deployment: ClusterDeployment, access: ClusterAccess, work: Work, onDone: OnDone | undefined) {
    this.#deployment = deployment;
    this.#access = access;
    this.#work = work;
    this.#onDone = onDone;
    this.#parent = new ApplySetParent(access, deployment.setName, deployment.target.namespace);
    this.#discovery = new ApiDiscovery(access.client, access.clock, access.signal);
  }

  async deploy(manifests: readonly Manifest[]): Promise<Outcome<Deployed>> {
    const { planned, problems: repeated } = plannedObjects(manifests);
    const problems = [...this.#wrongTarget(), ...repeated, ...recordProblems(planned, this.#parent)];
    if (problems.length > 0) return failed({ code: 'apply-failed', problems });
    const wanted = plannedContents(planned, this.#namespace);
    const [before] = await Promise.all([this.#parent.read(), this.#resourcesOf(planned)]);
    if (before === undefined && planned.length === 0) return succeeded({ objects: [] });

    const recorded = await this.#members(unionOf(before ?? nothing, wanted), planned);
    // Members without a record: somebody deleted the record, and it may have named more.
    const isLost = before === undefined && recorded.length > 0;
    const members = isLost ? distinct([...recorded, ...(await this.#search(undefined))]) : recorded;
    if (planned.length === 0 && members.length > 0 && this.#deployment.allowEmpty !== true)
      return failed({ code: 'apply-failed', problems: members.map(unexpectedlyEmpty) });
    const all = unionOf(wanted, contentsOfMembers(isLost ? members : [], this.#namespace));
    const first = await this.#begin(all, planned);
    if (first.problems.length > 0) return failed({ code: 'apply-failed', problems: first.problems });

    const isLeft = ({ name, manifest: { object } }: PlannedObject) =>
      !first.objects.some((done) => done.kind === object.kind && done.name === name);
    const rest = await this.#apply(planned.filter(isLeft), members);
    if (rest.problems.length > 0) {
      await this.#endFailed(all);
      return failed({ code: 'apply-failed', problems: rest.problems });
    }
    const applied: Applied = {
      objects: [...first.objects, ...rest.objects],
      problems: [],
      uids: new Set([...first.uids, ...rest.uids]),
    };
    return await this.#prune(planned, members, applied, wanted);
  }

  async remove(): Promise<Outcome<Deployed>> {
    const wrong = this.#wrongTarget();
    if (wrong.length > 0) return failed({ code: 'delete-failed', problems: wrong });
    const removed: DeployedObject[] = [];
    for (let tries = 0; tries < mostRemovals; tries++) {
      const contents = await this.#parent.read();
      const recorded = contents === undefined ? [] : await this.#members(contents);
      const members = distinct([...recorded, ...(await this.#search(contents))]);
      const isOurs = (member: LiveObject) =>
        !holdsOthers(member) || member.metadata.annotations?.[createdAnnotation] === this.#parent.id;
      const problems = await removeMembers(this.#access, this.#parent, members.filter(isOurs), {
        onGone: (object) => removed.push(this.#removed(object)),
        onKept: (object, why) => this.#warn(keptWarning(object, why)),
        onWaiting: (message) => this.#work.output.observe({ type: 'waiting', message }),
      });
      if (problems.length > 0) return failed({ code: 'delete-failed', problems });
      for (const member of members) if (!isOurs(member)) await this.#release(member);
      if (await this.#parent.remove()) return succeeded({ objects: removed });
    }
    return failed({ code: 'delete-failed', problems: [writtenAgain(this.#parent)] });
  }

  failureOf(error: unknown, action: 'apply' | 'delete'): Failure | undefined {
    if (!(error instanceof UnusableParent)) return clusterFailure(error);
    return { code: `${action}-failed`, problems: [recordProblem(this.#parent, error.message)] };
  }

  /** The namespace may come from a flag. It is a part of paths. */
  #wrongTarget(): readonly ObjectProblem[] {
    const detail = wrongNamespaceName(this.#namespace);
    return detail === undefined ? [] : [{ object: 'namespace', detail, cause: 'invalid' }];
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

  /** Looks for members in all kinds. @param contents of the record; `undefined` if it is missing */
  async #search(contents: SetContents | undefined): Promise<readonly LiveObject[]> {
    const namespaces = [this.#namespace, ...(contents ?? nothing).namespaces];
    const { members, refusals, forbidden } = await searchMembers(this.#access, this.#parent.id, namespaces);
    const unseen = unseenWarning(this.#parent, { refusals, forbidden: members.length === 0 ? forbidden : 0 });
    if (contents === undefined && unseen !== undefined) this.#warn(unseen);
    return members.filter(this.#isMember);
  }

  /** A manifest may have marked the record of a set as a member. A record is removed with its own set only. */
  readonly #isMember = (object: LiveObject) =>
    keyOf(object) !== this.#recordKey && object.metadata.labels?.[idLabel] === undefined;

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
    return (await membersOf(this.#access, this.#parent.id, known, namespaces)).filter(this.#isMember);
  }

  /**
   * Writes down where members will be. If the parent's namespace is missing, and is one of the objects, it is applied
   * first.
   */
  async #begin(wanted: SetContents, planned: readonly PlannedObject[]): Promise<Applied> {
    try {
      await this.#parent.begin(wanted);
      return { objects: [], problems: [], uids: new Set() };
    } catch (error) {
      if (!hasStatus(error, 404)) throw error;
    }
    const isParents = ({ manifest: { object }, name }: PlannedObject) =>
      object.apiVersion === 'v1' && object.kind === 'Namespace' && name === this.#namespace;
    const own = planned.filter(isParents);
    if (own.length === 0) return { objects: [], problems: [withoutNamespace(this.#parent)], uids: new Set() };
    const applied = await this.#apply(own, []);
    if (applied.problems.length === 0) await this.#parent.begin(wanted);
    return applied;
  }

  async #apply(planned: readonly PlannedObject[], members: readonly LiveObject[]): Promise<Applied> {
    return await applyObjects(this.#access, planned, {
      discovery: this.#discovery,
      live: new Map(members.map((member) => [keyOf(member), member])),
      options: { setId: this.#parent.id, force: this.#deployment.force === true },
      namespace: this.#namespace,
      output: this.#work.output,
      onApplied: this.#onDone,
    });
  }

  async #prune(
    planned: readonly PlannedObject[],
    members: readonly LiveObject[],
    applied: Applied,
    wanted: SetContents,
  ): Promise<Outcome<Deployed>> {
    const unwanted = unwantedMembers(this.#parent, planned, members, applied);
    // What this deploy does not want may be what another one applies at the same time.
    if (unwanted.length > 0 && !(await this.#parent.isUntouched())) {
      const kept = unionOf(wanted, contentsOfMembers(members, this.#namespace));
      return await this.#ended(applied.objects, kept, wanted);
    }
    const { removed, problems, left, released } = await pruneMembers(this.#access, this.#parent, members, unwanted);
    for (const object of released)
      this.#warn(keptWarning(object, 'it is no longer rendered, and others may use its kind'));
    const objects = [...applied.objects, ...removed.map((object) => this.#removed(object))];
    if (problems.length > 0) {
      await this.#endFailed(unionOf(wanted, left));
      return failed({ code: 'delete-failed', problems });
    }
    return await this.#ended(objects, unionOf(wanted, left), wanted);
  }

  /** Ends a deploy that applied everything. Another deploy or a removal may have run at the same time. */
  async #ended(objects: readonly DeployedObject[], kept: SetContents, wanted: SetContents): Promise<Outcome<Deployed>> {
    let course: Course;
    try {
      course = await this.#parent.end(kept, true);
    } catch (error) {
      // 403: the namespace is being deleted.
      if (!hasStatus(error, 403, 404) || refusedPermission(error.said) !== undefined) throw error;
      return failed({ code: 'apply-failed', problems: [namespaceGone(this.#parent)] });
    }
    if (course === 'alone') return succeeded({ objects });
    if (course === 'removed') return failed({ code: 'apply-failed', problems: [removedMeanwhile(this.#parent)] });
    const there = new Set((await this.#members(wanted)).map(keyOf));
    const problems = lostMeanwhile(
      objects.filter(({ change }) => change !== 'removed'),
      there,
    );
    if (problems.length > 0) return failed({ code: 'apply-failed', problems });
    this.#warn(
      `another deploy of "${this.#deployment.setName}" ran at the same time. The objects of both are recorded: deploy again to remove those that are no longer rendered`,
    );
    return succeeded({ objects });
  }

  /** Keeps in the record what a failed deploy has applied. Its own failure is the one to report. */
  async #endFailed(kept: SetContents): Promise<void> {
    try {
      await this.#parent.end(kept, false);
    } catch (error) {
      if (this.failureOf(error, 'apply') === undefined) throw error;
    }
  }

  /** Leaves a namespace or a definition that existed before this deploy, without the marks. */
  async #release(member: LiveObject): Promise<void> {
    if (!isDefinition(member)) return await releaseObject(this.#access, member);
    await unmarkObject(this.#access, member);
    this.#warn(keptWarning(member, 'it existed before this deploy'));
  }

  #warn(message: string): void {
    this.#work.output.observe({ type: 'noted', level: 'warning', message });
  }

  #removed({ resource: { apiVersion, kind }, metadata: { name, namespace } }: LiveObject): DeployedObject {
    const where = namespace === undefined ? {} : { namespace };
    this.#work.output.observe({ type: 'object.removed', object: shownObject({ apiVersion, kind, name }), ...where });
    const done: DeployedObject = { apiVersion, kind, ...where, name, change: 'removed' };
    this.#onDone?.(done);
    return done;
  }
}

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
