import type { DeployedObject, ObjectChange } from '../../model/artifact.ts';
import { Cancelled, failed, succeeded, type ObjectProblem, type Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import { cancelledOrFailed } from '../../runtime/error-outcome.ts';
import type {
  AppliedWorkload,
  ListedWorkload,
  LocalDeployments,
  LocalInventory,
} from '../../runtime/local-deployments.ts';
import type { Deployed, Deployer } from '../deployer.ts';
import { shownObject, type Manifest } from '../kubernetes-object.ts';
import { localPlan, type LocalPlan, type PlannedWorkload } from './local-plan.ts';
import { changeOfObject, objectOfKey, shownKey } from './object-changes.ts';
import { workloadDigest } from './workload-digest.ts';
import { workloadProblem } from './workload-problem.ts';

export interface LocalDeployerOptions {
  readonly engine: LocalDeployments;
  /**
   * The name of the deploy: letters, digits, `-` and `.`. Everything that the deploy makes is named after it and has it
   * in a label.
   */
  readonly name: string;
  /** The namespace of objects that name none. Default: `default`. */
  readonly namespace?: string;
  /** How long an init container may take, in seconds. Default: 10 minutes. */
  readonly initDeadlineSeconds?: number;
  /** See `LocalPlanOptions`. */
  readonly servesIngress?: boolean;
  readonly manifests: (work: Work) => Promise<Outcome<readonly Manifest[]>>;
}

/** Runs manifests as containers of an engine. */
export function localDeployer(options: LocalDeployerOptions): Deployer {
  return {
    kind: 'docker',
    deploy: async (work) => await guarded(work, async () => await deploy(options, work)),
    remove: async (work) => await guarded(work, async () => await remove(options, work)),
  };
}

/** A failure that ends the deploy. */
class Stopped extends Error {
  constructor(readonly outcome: Outcome<never>) {
    super(outcome.status);
  }
}

async function guarded(work: Work, run: () => Promise<Deployed>): Promise<Outcome<Deployed>> {
  try {
    return succeeded(await run());
  } catch (error) {
    if (error instanceof Stopped) return error.outcome;
    return cancelledOrFailed(error, work.signal);
  }
}

function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.status !== 'succeeded') throw new Stopped(outcome);
  return outcome.value;
}

async function deploy(options: LocalDeployerOptions, work: Work): Promise<Deployed> {
  const { engine, name, namespace = 'default', initDeadlineSeconds, servesIngress = false } = options;
  const manifests = valueOf(await options.manifests(work)).map(({ object }) => object);
  const { plan, problems, notes, routes } = localPlan(manifests, {
    ...{ name, namespace, servesIngress },
    ...(initDeadlineSeconds !== undefined && { initDeadlineSeconds }),
  });
  for (const note of notes) warn(work, `${note.object}: ${note.detail}`);
  if (problems.length > 0) throw new Stopped(failed({ code: 'apply-failed', problems }));
  const inventory = await engine.list(name, work.signal);
  if (plan.objects.length === 0 && inventory.workloads.length === 0) return { objects: [] };
  let isUsed = false;
  try {
    const deployed = await deployPlan(options, plan, inventory, work);
    isUsed = plan.workloads.length > 0;
    return { ...deployed, ...(routes && { routes }) };
  } finally {
    // Containers that failed stay for their logs.
    if (!isUsed) await engine.removeUnused(name, work);
  }
}

async function deployPlan(
  options: LocalDeployerOptions,
  plan: LocalPlan,
  inventory: LocalInventory,
  work: Work,
): Promise<Deployed> {
  const { engine, name } = options;
  if (plan.workloads.length > 0) valueOf(await engine.prepare(name, work));
  const planned = new Set(plan.workloads.map(({ workload }) => workload.name));
  const leftOver = inventory.workloads.filter((workload) => !planned.has(workload.name));
  valueOf(await engine.remove(leftOver, work));
  const applied = await applyAll(options, plan.workloads, inventory.workloads, work);
  work.signal.throwIfAborted();
  const objects = [...deployedObjects(plan, inventory, applied, work), ...removedObjects(plan, inventory, work)];
  const failures = applied.flatMap(({ outcome }) => (outcome.status === 'failed' ? [outcome.failure] : []));
  const lost = failures.find(({ code }) => code === 'runtime-lost' || code === 'disk-full');
  if (lost) throw new Stopped(failed(lost));
  const found = applied.flatMap(({ problem }) => problem ?? []);
  if (found.length > 0) throw new Stopped(failed({ code: 'apply-failed', problems: found }));
  tellPorts(applied, work);
  return { objects };
}

/** How long the others may go on after the first failure. Their init containers may wait for what failed. */
const afterFailureMs = 5_000;

/** Applies all workloads at once: each waits for its own init containers, and those may wait for the others. */
async function applyAll(
  options: LocalDeployerOptions,
  planned: readonly PlannedWorkload[],
  existing: readonly ListedWorkload[],
  work: Work,
): Promise<readonly AppliedOne[]> {
  const stop = new AbortController();
  const stopped = { ...work, signal: AbortSignal.any([work.signal, stop.signal]) };
  const waits: Promise<void>[] = [];
  try {
    return await Promise.all(
      planned.map(async (each) => {
        const one = await applyOne(options, each, existing, stopped);
        if (one.outcome.status === 'failed')
          waits.push(
            work.clock.sleep(afterFailureMs, stopped.signal).then(
              () => stop.abort(new Cancelled('siblingFailed')),
              () => undefined,
            ),
          );
        return one;
      }),
    );
  } finally {
    stop.abort(new Cancelled('siblingFailed'));
    await Promise.all(waits);
  }
}

interface AppliedOne {
  readonly workload: PlannedWorkload['workload'];
  readonly outcome: Outcome<AppliedWorkload>;
  readonly problem?: ObjectProblem;
}

async function applyOne(
  { engine, name }: LocalDeployerOptions,
  planned: PlannedWorkload,
  workloads: readonly ListedWorkload[],
  work: Work,
): Promise<AppliedOne> {
  const { workload } = planned;
  const existing = workloads.find((each) => each.name === workload.name);
  const digest = await workloadDigest(planned, existing?.digest);
  const outcome = await engine.apply(name, { ...workload, digest }, existing, work);
  const problem = outcome.status === 'failed' ? workloadProblem(workload.object, outcome.failure) : undefined;
  return { workload, outcome, ...(problem && { problem }) };
}

function deployedObjects(
  plan: LocalPlan,
  inventory: LocalInventory,
  applied: readonly AppliedOne[],
  work: Work,
): readonly DeployedObject[] {
  return plan.objects.flatMap((object): readonly DeployedObject[] => {
    const of = applied.filter(({ workload }) => Object.hasOwn(workload.sources, object.key));
    if (of.some(({ outcome }) => outcome.status !== 'succeeded')) return [];
    const { change, reason } = changeOfObject(
      object.key,
      of.flatMap(({ workload, outcome }) =>
        outcome.status === 'succeeded' ? [{ workload, applied: outcome.value }] : [],
      ),
      inventory,
    );
    if (change === 'created' || change === 'changed') observeApplied(object, change, reason, work);
    const { apiVersion, kind, name } = object;
    return [{ apiVersion, kind, name, change, ...(reason !== undefined && { reason }) }];
  });
}

function observeApplied(
  object: LocalPlan['objects'][number],
  change: Extract<ObjectChange, 'created' | 'changed'>,
  reason: string | undefined,
  work: Work,
): void {
  work.output.observe({
    type: 'object.applied',
    object: shownObject(object),
    change,
    ...(reason !== undefined && { reason }),
  });
}

/** Objects of the deploy before that are no longer rendered. Claims keep their volumes. */
function removedObjects(plan: LocalPlan, inventory: LocalInventory, work: Work): readonly DeployedObject[] {
  const now = new Set(plan.objects.map(({ key }) => key));
  const before = new Map(
    inventory.workloads.flatMap(({ object, sources }) =>
      Object.keys(sources).map((key) => [key, objectOfKey(key, object)] as const),
    ),
  );
  const kept = inventory.claims.filter((claim) => !now.has(`PersistentVolumeClaim ${claim.replace('/', ' ')}`));
  for (const claim of kept) {
    const used = plan.workloads.some(({ workload }) =>
      workload.volumes.some((each) => each.kind === 'claim' && each.claim === claim),
    );
    if (!used)
      work.output.observe({
        type: 'noted',
        level: 'info',
        message: `the data of claim ${claim} is kept, although no manifest uses it: \`slipway delete\` removes it`,
      });
  }
  return [...before].flatMap(([key, object]) => {
    if (now.has(key) || object.kind === 'PersistentVolumeClaim') return [];
    work.output.observe({ type: 'object.removed', object: shownObject(object) });
    return [{ ...object, change: 'removed' as const }];
  });
}

function tellPorts(applied: readonly AppliedOne[], work: Work): void {
  for (const { outcome } of applied)
    if (outcome.status === 'succeeded')
      for (const { of, host, port, wanted, protocol } of outcome.value.ports) {
        const instead = wanted !== undefined && wanted !== port ? ` (port ${wanted} is not free)` : '';
        const udp = protocol === 'udp' ? ' (UDP)' : '';
        work.output.observe({ type: 'noted', level: 'info', message: `${of} is at ${host}:${port}${udp}${instead}` });
      }
}

async function remove({ engine, name }: LocalDeployerOptions, work: Work): Promise<Deployed> {
  const inventory = await engine.list(name, work.signal);
  valueOf(await engine.removeAll(name, work));
  const keys = new Map(
    inventory.workloads.flatMap(({ object, sources }) =>
      Object.keys(sources).map((key) => [key, objectOfKey(key, object)] as const),
    ),
  );
  for (const claim of inventory.claims) {
    const key = `PersistentVolumeClaim ${claim.replace('/', ' ')}`;
    keys.set(key, objectOfKey(key, ''));
  }
  const objects = [...keys.values()].map((object) => ({ ...object, change: 'removed' as const }));
  for (const key of keys.keys()) work.output.observe({ type: 'object.removed', object: shownKey(key, keys) });
  return { objects };
}

function warn(work: Work, message: string): void {
  work.output.observe({ type: 'noted', level: 'warning', message });
}
