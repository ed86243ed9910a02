import { succeeded } from '../../model/outcome.ts';
import type { StepContext } from '../../steps/step-kind.ts';
import type { StepRunner } from '../../steps/step-runner.ts';
import { workloadStep } from '../../steps/workload/workload-step.ts';
import type { ContainerStepSpec } from '../plan/container-spec.ts';
import { prepareContainer, type ContainerSurroundings } from './container-task.ts';

/**
 * Runs a container on an engine until it ends. As on a cluster, `command` replaces the entrypoint and the command of the image, and
 * `args` alone only its command (kubernetes.io, "Define a Command and Arguments for a Container").
 */
export function containerStep(context: StepContext, around: ContainerSurroundings): StepRunner<ContainerStepSpec> {
  return workloadStep<ContainerStepSpec>(context, async (step, _, work) => {
    const prepared = await prepareContainer(step, context, { by: 'engine' }, around, work);
    if (prepared.status !== 'succeeded') return prepared;
    const { command, args, network } = step.spec;
    return succeeded({
      image: prepared.value.image,
      command: [...command, ...args],
      ...(command.length === 0 && { entrypoint: 'image' as const }),
      env: Object.fromEntries(prepared.value.env),
      files: [],
      plain: true,
      ...(network !== undefined && { network: { name: network } }),
    });
  });
}
