import type { ApiDiscovery } from '../../clusters/api/api-discovery.ts';
import type { ApiResource } from '../../clusters/api/api-resource.ts';
import { backoffMs } from '../../clusters/api/retry.ts';
import type { DeployedObject } from '../../model/artifact.ts';
import type { ObjectProblem } from '../../model/outcome.ts';
import type { Output } from '../../model/work.ts';
import { inParallel } from '../../util/in-parallel.ts';
import { groupOf, shownObject } from '../kubernetes-object.ts';
import { applyRank } from '../manifests/apply-rank.ts';
import { applyObject, type ApplyOptions } from './apply-object.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { inRanks } from './in-ranks.ts';
import type { LiveObject } from './live-object.ts';
import { definedKind, needsOf, objectKey, type ObjectKey } from './needs-of.ts';
import { plannedKinds, type PlannedObject } from './planned-objects.ts';
import { noKind, type Problem } from './problem-of.ts';

const atOnce = 16;
/** How long a new kind may take until the cluster serves it, in milliseconds. */
const servedWithinMs = 10_000;

export interface Application {
  readonly discovery: ApiDiscovery;
  /** The members of the set that the cluster has. */
  readonly live: ReadonlyMap<ObjectKey, LiveObject>;
  readonly options: Omit<ApplyOptions, 'output'>;
  /** The namespace of objects that name none. */
  readonly namespace: string;
  readonly output: Pick<Output, 'observe'>;
  /** Called for each object as soon as it is as its manifest says. */
  readonly onApplied?: ((object: DeployedObject) => void) | undefined;
}

export interface Applied {
  readonly objects: readonly DeployedObject[];
  readonly problems: readonly ObjectProblem[];
  /** The uids of all objects that are as their manifests say. */
  readonly uids: ReadonlySet<string>;
}

/**
 * Applies objects rank by rank, those of a rank at once. An object with a problem does not stop others, except those
 * that need it. Throws errors that concern all objects, and the signal's reason between two objects.
 */
export async function applyObjects(
  access: ClusterAccess,
  planned: readonly PlannedObject[],
  application: Application,
): Promise<Applied> {
  return await new Applying(access, planned, application).run();
}

class Applying {
  readonly #access: ClusterAccess;
  readonly #planned: readonly PlannedObject[];
  readonly #application: Application;
  /** The kinds that the deploy defines itself: `group/kind`. */
  readonly #ownKinds: ReadonlySet<string>;
  readonly #objects = new Map<PlannedObject, DeployedObject>();
  readonly #problems = new Map<PlannedObject, ObjectProblem>();
  readonly #uids = new Set<string>();
  /** What failed: keys of objects, and `group/kind` of definitions. With the name for display. */
  readonly #failed = new Map<string, string>();

  constructor(access: ClusterAccess, planned: readonly PlannedObject[], application: Application) {
    this.#access = access;
    this.#planned = planned;
    this.#application = application;
    this.#ownKinds = plannedKinds(planned.map(({ manifest }) => manifest.object));
  }

  async run(): Promise<Applied> {
    const ranks = inRanks(this.#planned, ({ manifest }) => applyRank(manifest.object));
    for (const rank of ranks)
      await inParallel(rank, atOnce, async (object) => {
        this.#access.signal.throwIfAborted();
        await this.#apply(object);
      });
    const inOrder = <T>(results: ReadonlyMap<PlannedObject, T>) =>
      this.#planned.flatMap((object) => results.get(object) ?? []);
    return { objects: inOrder(this.#objects), problems: inOrder(this.#problems), uids: this.#uids };
  }

  async #apply(planned: PlannedObject): Promise<void> {
    const { object } = planned.manifest;
    const resource = await this.#resourceOf(planned);
    const namespace = resource?.isNamespaced === false ? undefined : this.#namespaceOf(planned);
    const missing = [`${groupOf(object)}/${object.kind}`, ...needsOf(object, namespace)].find((key) =>
      this.#failed.has(key),
    );
    if (missing !== undefined)
      return this.#fail(planned, namespace, {
        detail: `it was not applied, because it needs ${this.#failed.get(missing)}`,
      });
    if (resource === undefined) return this.#fail(planned, namespace, noKind);

    const { name, digest, isGenerated } = planned;
    const live = isGenerated ? undefined : this.#application.live.get(objectKey(object, namespace, name));
    const placed = { object, digest, resource, name, namespace, isGenerated, live };
    const { options, output } = this.#application;
    const result = await applyObject(this.#access, placed, { ...options, output });
    if ('problem' in result) return this.#fail(planned, namespace, result.problem);
    const { change, reason, uid } = result;
    if (uid !== undefined) this.#uids.add(uid);
    const { apiVersion, kind } = object;
    const where = namespace === undefined ? {} : { namespace };
    const because = reason === undefined ? {} : { reason };
    const done: DeployedObject = { apiVersion, kind, ...where, name, change, ...because };
    this.#objects.set(planned, done);
    this.#application.onApplied?.(done);
    if (change !== 'unchanged')
      this.#application.output.observe({
        type: 'object.applied',
        object: shownObject({ apiVersion, kind, name }),
        ...where,
        change,
        ...because,
      });
  }

  /** Waits a little for a kind that the deploy defines itself. */
  async #resourceOf({ manifest: { object } }: PlannedObject): Promise<ApiResource | undefined> {
    const { discovery } = this.#application;
    const { clock, signal } = this.#access;
    const kind = `${groupOf(object)}/${object.kind}`;
    const isAwaited = this.#ownKinds.has(kind) && !this.#failed.has(kind);
    const began = clock.now();
    for (let tries = 0; ; tries++) {
      const resource = await discovery.resourceOf(object);
      if (resource !== undefined || !isAwaited || clock.now() - began > servedWithinMs) return resource;
      if (tries > 0) await clock.sleep(backoffMs(tries, Math.random()), signal);
      discovery.forget(object.apiVersion);
    }
  }

  #namespaceOf({ manifest }: PlannedObject): string {
    return manifest.object.metadata.namespace ?? this.#application.namespace;
  }

  #fail(planned: PlannedObject, namespace: string | undefined, problem: Problem): void {
    const { object } = planned.manifest;
    const shown = shownObject({ ...object, name: planned.name });
    this.#problems.set(planned, { object: shown, ...(namespace !== undefined && { namespace }), ...problem });
    this.#failed.set(objectKey(object, namespace, planned.name), shown);
    const kind = object.kind === 'CustomResourceDefinition' ? definedKind(object) : undefined;
    if (kind !== undefined) this.#failed.set(kind, shown);
  }
}
