import { placeOf } from '../../diagnostics/source-text.ts';
import { stepId, type StepId } from '../../model/ids.ts';
import type { PlannedStage } from '../../model/plan.ts';
import type { ContainerStepSpec, ContainerTask, JobStepSpec } from './container-spec.ts';
import type { SelectedContainers } from './load-containers.ts';
import type { ReadContainer } from './read-containers.ts';

/** What a plan of containers depends on. */
export interface ContainerPlan {
  /** The place of the stage among the stages of the plan, from 1. */
  readonly ordinal: number;
  /** The image of each artifact with its tag, by its name in the configuration. */
  readonly references: ReadonlyMap<string, string>;
  /** The steps that build images, by the names of these. */
  readonly builtBy: ReadonlyMap<string, StepId>;
}

/**
 * Returns the stage that runs containers, all at once: one step for each. A step needs only the step that builds its image. The
 * failure of one stops the others only if the action says so.
 */
export function planContainers(
  { containers, failFast, request, given }: Pick<SelectedContainers, 'containers' | 'failFast' | 'request' | 'given'>,
  { ordinal, references, builtBy }: ContainerPlan,
): PlannedStage {
  const { action } = request;
  return {
    ordinal,
    name: action ?? 'verify',
    runsIf: 'needs',
    onFailure: failFast ? 'cancelSiblings' : 'continue',
    phase: action === undefined ? 'verify' : 'exec',
    jobs: 0,
    steps: containers.map((container, i) => {
      const needed = given.has(container.image) ? undefined : builtBy.get(container.image);
      const { timeoutMs, at, name } = container;
      return {
        ...{ id: stepId(1, ordinal, i + 1), name, needs: needed === undefined ? [] : [needed] },
        policy: { ...(timeoutMs !== undefined && { timeoutMs }), retries: 0, allowFailure: false },
        ...{ artifacts: [], cache: [], declaredAt: placeOf(at) },
        spec: specOf(
          container,
          {
            name: container.image,
            from: needed === undefined ? 'given' : 'built',
            insecure: false,
            reference: given.get(container.image) ?? references.get(container.image) ?? container.image,
          },
          request,
        ),
      };
    }),
  };
}

function specOf(
  { command, args, env, container, cluster }: ReadContainer,
  image: ContainerTask['image'],
  { envFile, network }: SelectedContainers['request'],
): ContainerStepSpec | JobStepSpec {
  const task: ContainerTask = { image, command, args, env, ...(envFile && { envFile }) };
  if (cluster === undefined) return { kind: 'local-container', ...task, ...(network !== undefined && { network }) };
  const { manifest, overrides } = cluster;
  return {
    ...{ kind: 'job', container, ...task },
    ...(manifest !== undefined && { manifest }),
    ...(overrides !== undefined && { overrides }),
  };
}
