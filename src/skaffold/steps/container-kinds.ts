import { stepKind, type StepKind } from '../../steps/step-kind.ts';
import { count } from '../../words/quantity.ts';
import type { ContainerStepSpec, ContainerTask, JobStepSpec } from '../plan/container-spec.ts';
import type { ArtifactSurroundings } from './hooked-artifact.ts';

/** `local-container`, `job`: run one container to its end, on an engine or as a job of a cluster. */
export function containerKinds(around: ArtifactSurroundings): readonly StepKind[] {
  return [
    stepKind<ContainerStepSpec>({
      kind: 'local-container',
      needs: ['containers'],
      async load() {
        const [{ containerStep }, { withEnvFile }] = await Promise.all([
          import('./container-step.ts'),
          import('./with-env-file.ts'),
        ]);
        return (context) => withEnvFile((variables) => containerStep(context, { ...around, variables }));
      },
      uses: () => ({}),
      text: (spec) => ({
        ...{ summary: `run ${spec.image.reference}`, details: detailsOf(spec) },
        notes: spec.network === undefined ? [] : [`network ${spec.network}`],
      }),
    }),
    stepKind<JobStepSpec>({
      kind: 'job',
      async load() {
        const [{ jobStep }, { withEnvFile }] = await Promise.all([
          import('./job-step.ts'),
          import('./with-env-file.ts'),
        ]);
        return (context) => withEnvFile((variables) => jobStep(context, { ...around, variables }));
      },
      // The job of an attempt that was interrupted is removed, and another one starts.
      restarts: true,
      uses: () => ({}),
      text: (spec) => ({
        ...{ summary: `job with ${spec.image.reference}`, details: detailsOf(spec) },
        notes: spec.manifest === undefined ? [] : [`as in ${spec.manifest}`],
      }),
    }),
  ];
}

/** Values of `--env-file` are not among them. */
function detailsOf({ command, args, env, envFile }: ContainerTask): readonly string[] {
  const words = [...command, ...args];
  return [
    ...(words.length === 0 ? [] : [words.join(' ')]),
    ...(env.length === 0 ? [] : [`env ${env.map(({ name, value }) => `${name}=${value}`).join(' ')}`]),
    ...(envFile === undefined ? [] : [`${count(envFile.names.length, 'variable')} of ${envFile.path}`]),
  ];
}
