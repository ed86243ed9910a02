import { runCommand } from '../../commands/run-command.ts';
import { failed, type Outcome } from '../../model/outcome.ts';
import type { StepContext } from '../../steps/step-kind.ts';
import type { PlannedStepOf, StepRunner, StepWork } from '../../steps/step-runner.ts';
import { untilStopped } from '../../steps/until-stopped.ts';
import { workloadLabels, workloadName } from '../../steps/workload/make-workload-spec.ts';
import type { ImageTest, TestStepSpec } from '../plan/test-spec.ts';
import { testVariables } from '../plan/test-inputs.ts';
import { runStructureTests } from '../structure-tests/run-structure-tests.ts';
import type { ArtifactSurroundings } from './hooked-artifact.ts';

type Step = PlannedStepOf<TestStepSpec>;

/** Runs one test of an image. */
export function testStep(context: StepContext, { env }: Pick<ArtifactSurroundings, 'env'>): StepRunner<TestStepSpec> {
  return {
    run: async (step, work) =>
      await untilStopped(work, async (using) => {
        const { test } = step.spec;
        const outcome =
          test.type === 'custom'
            ? await customTest(test, step, context, env, using)
            : await structureTest(test, step, context, env, using);
        return { outcome, artifacts: [] };
      }),
  };
}

/** Runs the command on this machine, with the variables that Skaffold documents. */
async function customTest(
  { command }: Extract<ImageTest, { readonly type: 'custom' }>,
  { spec }: Step,
  { runtime }: StepContext,
  env: ArtifactSurroundings['env'],
  work: StepWork,
): Promise<Outcome> {
  const variables = { ...env, ...runtime.images?.environment, ...testVariables(spec) };
  return await runCommand({ argv: ['sh', '-c', command], cwd: spec.context, env: variables }, work);
}

async function structureTest(
  { tests }: Extract<ImageTest, { readonly type: 'structure' }>,
  { id, spec }: Step,
  { runtime, identity, resources }: StepContext,
  env: ArtifactSurroundings['env'],
  work: StepWork,
): Promise<Outcome> {
  const { images } = runtime;
  if (!images?.open)
    return failed({ code: 'unsupported', detail: 'structure tests need a container engine: use --on docker' });
  const [name, labels] = [
    workloadName(identity.run, id, work.attempt),
    workloadLabels(identity, id, work.attempt, 'step'),
  ];
  using _ = resources.starting(runtime.kind, { name, labels });
  return await runStructureTests(
    tests,
    {
      image: spec.reference,
      images: { open: images.open.bind(images) },
      runtime,
      place: (use) => ({ name: `${name}-${use}`, labels }),
      env,
    },
    work,
  );
}
