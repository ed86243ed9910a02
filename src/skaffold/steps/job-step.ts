import type { KubernetesObject } from '../../deploy/kubernetes-object.ts';
import { jobObject } from '../../deploy/jobs/job-object.ts';
import { runJob, type JobPlace, type RunnableJob } from '../../deploy/jobs/run-job.ts';
import { failed, succeeded, type Outcome } from '../../model/outcome.ts';
import { jobLabel } from '../../runtime/job-label.ts';
import { labelKeys, type Runtime } from '../../runtime/runtime.ts';
import type { StepContext } from '../../steps/step-kind.ts';
import type { PlannedStepOf, StepRunner, StepWork } from '../../steps/step-runner.ts';
import { untilStopped } from '../../steps/until-stopped.ts';
import { workloadAnnotations, workloadLabels, workloadName } from '../../steps/workload/make-workload-spec.ts';
import type { JobStepSpec } from '../plan/container-spec.ts';
import { readJobManifest } from '../plan/job-manifest.ts';
import { mergePatch, type Json } from '../plan/merge-patch.ts';
import { prepareContainer, type ContainerSurroundings, type PreparedContainer } from './container-task.ts';
import type { ArtifactSurroundings } from './hooked-artifact.ts';

type Step = PlannedStepOf<JobStepSpec>;
type JobSurroundings = ContainerSurroundings & Pick<ArtifactSurroundings, 'files'>;

/** Runs a container as a job of the cluster of deploys until it ends, and removes the job. */
export function jobStep(context: StepContext, around: JobSurroundings): StepRunner<JobStepSpec> {
  return {
    run: async (step, work) =>
      await untilStopped(work, async (using) => ({ outcome: await run(step, context, around, using), artifacts: [] })),
  };
}

async function run(step: Step, context: StepContext, around: JobSurroundings, work: StepWork): Promise<Outcome> {
  const place = placeOf(context.deploys);
  if (place === undefined)
    return failed({ code: 'unsupported', detail: `${context.deploys.engine} runs no jobs: use --on kubernetes` });
  const prepared = await prepareContainer(step, context, { by: 'cluster' }, around, work);
  if (prepared.status !== 'succeeded') return prepared;
  const job = await jobOf(step, context, prepared.value, place.cluster.namespace, around, work.attempt);
  if (job.status !== 'succeeded') return job;
  if (work.attempt > 1) await removeEarlier(step, context, work);
  const { name } = job.value.object.metadata;
  using _ = context.resources.starting(context.deploys.kind, { name, labels: job.value.labels });
  return await runJob(job.value, place, work, work.atOnce);
}

function placeOf(runtime: Runtime): JobPlace | undefined {
  const { cluster, running } = runtime;
  return cluster && running && { cluster, running, remove: runtime.remove.bind(runtime) };
}

/** The process that ran an earlier attempt may have died before it removed its job. */
async function removeEarlier({ id }: Step, { deploys, identity }: StepContext, work: StepWork): Promise<void> {
  const labels = { [labelKeys.store]: identity.store, [labelKeys.run]: identity.run, [labelKeys.step]: id };
  for await (const ref of deploys.find(labels, work.signal)) await deploys.remove(ref, 0);
}

/** Returns the job. Failures: `file-missing`, `file-error`, `render-failed`. */
async function jobOf(
  { id, name: stepName, spec }: Step,
  { identity }: StepContext,
  { image, env }: PreparedContainer,
  namespace: string,
  { files }: Pick<ArtifactSurroundings, 'files'>,
  attempt: number,
): Promise<Outcome<RunnableJob>> {
  const { manifest, overrides, container, command, args } = spec;
  const read = manifest === undefined ? undefined : await readJobManifest(manifest, manifest, files);
  if (read && 'problems' in read) {
    const detail = read.problems.map(({ why, line }) => (line === undefined ? why : `line ${line}: ${why}`)).join('\n');
    return failed({ code: 'render-failed', source: manifest ?? '', detail });
  }
  const labels = { ...workloadLabels(identity, id, attempt, 'step'), [jobLabel.key]: jobLabel.value };
  const request = {
    ...{ name: workloadName(identity.run, id, attempt), namespace, labels },
    annotations: workloadAnnotations(identity, { id, name: stepName }),
    container: { name: container, image, command, args, env },
  };
  const base =
    overrides === undefined ? read?.job : mergePatch(read?.job as Json | undefined, JSON.parse(overrides) as Json);
  const object = jobObject({ ...request, ...(base !== undefined && { base: base as KubernetesObject }) });
  return succeeded({ object, labels, container });
}
