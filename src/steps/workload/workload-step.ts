import type { FilesArtifact } from '../../model/artifact.ts';
import { stepOrdinals } from '../../model/ids.ts';
import { cancelledBy, failed, succeeded, type Failure, type Outcome } from '../../model/outcome.ts';
import { memoryLimitOf, type PlannedStep, type StepSpec } from '../../model/plan.ts';
import type { TarSource } from '../../model/tree.ts';
import type { Exit, Runtime, Workload, WorkloadRef, WorkloadSpec } from '../../runtime/runtime.ts';
import { labelKeys } from '../../runtime/runtime.ts';
import { RuntimeRefused } from '../../runtime/runtime-refused.ts';
import { mergedTree } from '../../workspace/tree/merged-tree.ts';
import type { ArtifactStore, CacheStore } from '../../workspace/workspace.ts';
import type { Mask } from '../../secrets/mask.ts';
import { addToolAdvice } from './add-tool-advice.ts';
import type { RunResources } from '../run-resources.ts';
import type { Provisions } from '../../model/provisions.ts';
import { restoreCaches, saveCaches } from './step-caches.ts';
import type { StepFile, WorkloadKind } from './step-workload.ts';
import { endedBy, type PlannedStepOf, type StepResult, type StepRunner, type StepWork } from '../step-runner.ts';
import {
  stepContainer,
  unsettableVariables,
  workloadLabels,
  makeWorkloadSpec,
  workspacePath,
  type RunIdentity,
} from './make-workload-spec.ts';
import { aborted, orAborted } from '../../util/abort.ts';
import { warned } from '../../model/warning.ts';

/** What steps that run as a workload need of their run. There is one object for each run. */
export interface WorkloadStepContext {
  readonly identity: RunIdentity;
  /** Where steps run. */
  readonly runtime: Runtime;
  readonly project: string;
  readonly pull: WorkloadSpec['pull'];
  readonly keepFailed: boolean;
  readonly artifacts: ArtifactStore;
  readonly caches: CacheStore;
  readonly resources: RunResources;
  readonly mask: Mask;
  readonly provisions: Provisions;
  /** The value of each variable in files. */
  readonly values: ReadonlyMap<string, string>;
  filesTree(files: readonly StepFile[]): TarSource;
}

/** How long a step may take to stop (docs/design/product.md, "Command line"). */
const graceMs = 10_000;

/** Runs a step as one workload per attempt: stores its output, waits for its end and collects its artifacts. */
export function workloadStep<Spec extends StepSpec>(
  context: WorkloadStepContext,
  kind: WorkloadKind<Spec>,
): StepRunner<Spec> {
  return {
    async run(step, work) {
      context.resources.nextAttempt(step.id);
      const begun = await orRuntimeFailure(startOrAdopt(context, kind, step, work));
      if (begun.status !== 'succeeded') return { outcome: begun, artifacts: [] };
      const workload = begun.value;
      context.resources.present(workload);
      let result: StepResult;
      try {
        result = await runToEnd(context, step, work, workload);
      } catch (error) {
        if (!work.atOnce.aborted) context.resources.ended(step.id, workload);
        throw error;
      }
      if (work.atOnce.aborted) return result;
      if (result.outcome.status === 'failed' && context.keepFailed) {
        work.output.observe({ type: 'workload.kept', workload: workload.ref.name });
        context.resources.keep(step.id, workload);
      } else {
        context.resources.ended(step.id, workload);
      }
      return result;
    },
  };
}

/** Converts a refusal of the runtime into an outcome, so that another attempt may follow. */
async function orRuntimeFailure<T>(outcome: Promise<Outcome<T>>): Promise<Outcome<T>> {
  try {
    return await outcome;
  } catch (error) {
    if (error instanceof RuntimeRefused) return failed(error.failure);
    throw error;
  }
}

async function startOrAdopt<Spec extends StepSpec>(
  context: WorkloadStepContext,
  kind: WorkloadKind<Spec>,
  step: PlannedStepOf<Spec>,
  work: StepWork,
): Promise<Outcome<Workload>> {
  if (work.begun !== undefined) {
    const ref = await findAttempt(context, step, work);
    // There may be no workload: the earlier process may have died after it stored the start of the attempt.
    const adopted = ref === undefined ? undefined : await adopt(context, work, ref);
    // A step that was to end anyway does not fail because its workload is lost.
    if (adopted?.status === 'failed' && work.signal.aborted) return endedBy(work.signal);
    if (adopted !== undefined && !neverStarted(adopted, work)) return adopted;
    if (work.signal.aborted) return endedBy(work.signal);
    if (ref === undefined && hasOutput(work)) return failed(goneAttempt(context.runtime));
  }
  if (work.signal.aborted) return endedBy(work.signal);
  const workspace = await workspaceLayers(context, step, work);
  const onHost = context.runtime.kind === 'host';
  const content = await kind(
    step,
    {
      provisions: context.provisions,
      values: context.values,
      workspace,
      hides: (text) => context.mask.hides(text),
      onHost,
      inPod: context.runtime.kind === 'kubernetes',
    },
    work,
  );
  if (content.status !== 'succeeded') return content;
  const refused = unsettableVariables(content.value.env, context.mask);
  if (refused.length > 0)
    return failed({
      code: 'unsupported',
      detail: `no shell can set a variable called ${refused.join(', ')}, so this variable cannot carry a secret: use a name of letters, digits and _`,
    });
  const spec = makeWorkloadSpec(context.identity, step, work.attempt, { ...context, work: content.value, workspace });
  using _ = context.resources.starting(context.runtime.kind, spec);
  const started = addToolAdvice(await context.runtime.start(spec, work), content.value, onHost);
  return started.status === 'cancelled' ? endedBy(work.signal) : started;
}

/** Returns the failure of an attempt that had output, and whose workload no longer exists. */
function goneAttempt({ kind }: Runtime): Failure {
  // The host can adopt no command. A resume that was killed had removed this one, and did not get to store its failure.
  if (kind === 'host')
    return {
      code: 'runtime-lost',
      detail: 'the process that started this command has died: commands on the host cannot be resumed',
    };
  return {
    code: 'workload-deleted',
    detail: 'the workload of this step no longer exists; it was running when the run was interrupted',
  };
}

async function adopt(context: WorkloadStepContext, work: StepWork, ref: WorkloadRef): Promise<Outcome<Workload>> {
  const adopted = await context.runtime.adopt(ref, { ...work, signal: work.atOnce });
  if (adopted.status === 'succeeded') work.output.observe({ type: 'workload.adopted', workload: ref.name });
  else await removeUnadoptable(context, work, ref);
  return adopted;
}

/** The failed adoption is the outcome. A failed removal is only a warning. */
async function removeUnadoptable(context: WorkloadStepContext, work: StepWork, ref: WorkloadRef): Promise<void> {
  try {
    await context.runtime.remove(ref, 0);
  } catch (error) {
    if (!(error instanceof RuntimeRefused)) throw error;
    work.output.observe(warned('W087', `cannot remove ${ref.name}: ${error.message}`));
  }
}

/**
 * Reports whether the step's command never started. A pod runs before its command does, and stays `created` for up to a
 * second after. Only adoption can tell. The step starts again then.
 */
function neverStarted(adopted: Outcome<Workload>, work: StepWork): boolean {
  return adopted.status === 'failed' && adopted.failure.code === 'start-failed' && !hasOutput(work);
}

async function findAttempt(
  context: WorkloadStepContext,
  step: PlannedStep,
  work: StepWork,
): Promise<WorkloadRef | undefined> {
  const labels = workloadLabels(context.identity, step.id, work.attempt, 'step');
  const { [labelKeys.lifetime]: _, ...wanted } = labels;
  const startedAt = work.begun?.startedAt;
  for await (const ref of context.runtime.find(wanted, work.atOnce))
    return startedAt === undefined ? ref : { ...ref, startedAt };
  return undefined;
}

function hasOutput(work: StepWork): boolean {
  return Object.values(work.begun?.cursors ?? {}).some((cursor) => cursor > 0);
}

async function workspaceLayers(
  context: WorkloadStepContext,
  step: PlannedStep,
  work: StepWork,
): Promise<readonly TarSource[]> {
  const layers = context.resources.layers(step);
  return [mergedTree([...layers, ...(await restoreCaches(context, step, layers, work))])];
}

/** Waits for the end of a workload, and stores its output and artifacts. The workload still exists afterwards. */
async function runToEnd(
  context: WorkloadStepContext,
  step: PlannedStep,
  work: StepWork,
  workload: Workload,
): Promise<StepResult> {
  const ended = new AbortController();
  const stopping = stopWhenAsked(work, workload, ended.signal);
  // Prevents an unhandled rejection. The promise is awaited below.
  stopping.catch(() => undefined);
  try {
    // A step that exited on its own keeps that status even if it is cancelled while its output is still being stored.
    const exited = workload
      .exited(stepContainer)
      .then((exit) => (work.signal.aborted ? endedBy(work.signal) : outcomeOf(exit, memoryLimitOf(step.spec))));
    const [outcome] = await untilStoppedAtOnce(work.atOnce, Promise.all([exited, copyLogs(work, workload)]));
    if (outcome.status === 'cancelled') return { outcome, artifacts: [] };
    return await collect(context, step, work, workload, outcome);
  } finally {
    ended.abort();
    await untilStoppedAtOnce(work.atOnce, stopping).catch(() => undefined);
  }
}

/** Stops the workload if the step is cancelled. Resolves when the workload has stopped or ended. */
async function stopWhenAsked(work: StepWork, workload: Workload, ended: AbortSignal): Promise<void> {
  await aborted(work.signal, ended);
  if (!ended.aborted) await workload.stop(graceMs);
}

async function copyLogs(work: StepWork, workload: Workload): Promise<void> {
  // A large log can take minutes to read, and a full disk cannot store it.
  const stop = work.unstored === undefined ? work.atOnce : AbortSignal.any([work.atOnce, work.unstored]);
  for await (const chunk of workload.logs(stepContainer, work.begun?.cursors ?? {}, stop)) {
    if ('lost' in chunk) work.output.lost(chunk.stream, chunk.lost, chunk.cursor);
    else {
      const stored = work.output.write(chunk.stream, chunk.bytes, chunk.cursor);
      if (stored !== undefined) await stored;
    }
  }
}

/**
 * Returns the outcome of an exit.
 * @param memoryBytes the step's memory limit, for the message of `out-of-memory`
 */
function outcomeOf(exit: Exit, memoryBytes?: number): Outcome {
  if ('failure' in exit) return failed(withLimit(exit.failure, memoryBytes));
  if (exit.code === 0) return succeeded(undefined);
  return failed({
    code: 'exit-nonzero',
    exitCode: exit.code,
    ...(exit.signal !== undefined && { signal: exit.signal }),
  });
}

function withLimit(failure: Failure, memoryBytes: number | undefined): Failure {
  if (failure.code !== 'out-of-memory' || failure.limit !== undefined || memoryBytes === undefined) return failure;
  return { ...failure, limit: String(memoryBytes) };
}

/** The workload of these failures no longer exists, or cannot be reached. */
const lostWorkloadCodes: readonly Failure['code'][] = [
  'runtime-lost',
  'workload-deleted',
  'workload-restarted',
  'node-lost',
  'evicted',
];

/**
 * Collects artifacts and saves caches. Failed steps keep their artifacts. A failed collection fails only a step that
 * succeeded. Only a successful step saves its caches.
 */
async function collect(
  context: WorkloadStepContext,
  step: PlannedStep,
  work: StepWork,
  workload: Workload,
  outcome: Outcome,
): Promise<StepResult> {
  const gone = outcome.status === 'failed' && lostWorkloadCodes.includes(outcome.failure.code);
  const artifacts: FilesArtifact[] = [];
  let result = outcome;
  if (step.artifacts.length > 0 && !gone) {
    const read = async (path: string) =>
      await workload.copyOut(stepContainer, path === '' ? workspacePath : `${workspacePath}/${path}`, work.atOnce);
    const request = {
      patterns: step.artifacts,
      stage: stepOrdinals(step.id).stage,
      step: step.name,
      shown: (name: string) => context.mask.text(name),
      read,
      signal: work.atOnce,
    };
    const collected = await context.artifacts
      .collect(request)
      .catch((error: unknown): Awaited<ReturnType<ArtifactStore['collect']>> => {
        if (error instanceof RuntimeRefused) return { failure: error.failure };
        throw error;
      });
    if (collected.artifact !== undefined) {
      artifacts.push(collected.artifact);
      work.output.observe({
        type: 'artifacts.collected',
        files: collected.artifact.files,
        bytes: collected.artifact.bytes,
      });
    }
    if (collected.failure !== undefined && result.status === 'succeeded') result = failed(collected.failure);
  }
  if (result.status === 'succeeded') await saveCaches(context, step, workload, work);
  return { outcome: result, artifacts };
}

/** Returns the promise, or rejects as soon as `atOnce` is aborted. */
async function untilStoppedAtOnce<T>(atOnce: AbortSignal, promise: Promise<T>): Promise<T> {
  try {
    return await orAborted(promise, atOnce);
  } catch (error) {
    if (!atOnce.aborted) throw error;
    throw new Error('stopped at once', { cause: cancelledBy(atOnce) });
  }
}
