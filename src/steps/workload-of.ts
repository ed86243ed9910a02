import type { RunId, StepId, StoreId } from '../model/ids.ts';
import type { ContainerStepSpec } from '../model/plan.ts';
import type { TarSource } from '../model/tree.ts';
import type { PlannedStepOf } from './step-runner.ts';
import { labelKeys, type Argument, type Labels, type WorkloadSpec } from '../runtime/runtime.ts';

/** Where the workspace is, and the working directory, in every container (architecture.md, "Workspace"). */
export const workspacePath = '/mnt/repo';
/** Where the step's script is: outside the workspace, so that no artifact and no `git status` sees it. */
export const scriptPath = '/.slipway';
const scriptName = 'step';
export const stepContainer = 'step';

/** What a workload needs to know of its run. */
export interface RunIdentity {
  readonly store: StoreId;
  readonly run: RunId;
}

/** A DNS label of at most 63 characters, a pure function of run, step and attempt. */
export function workloadName(run: RunId, step: StepId, attempt: number): string {
  return `slipway-${run}-${step.replaceAll('.', '-')}-${attempt}`;
}

export function workloadLabels(identity: RunIdentity, step: StepId, attempt: number, lifetime: string): Labels {
  return {
    [labelKeys.store]: identity.store,
    [labelKeys.run]: identity.run,
    [labelKeys.step]: step,
    [labelKeys.attempt]: String(attempt),
    [labelKeys.lifetime]: lifetime,
  };
}

/** The workload of one attempt of a `container` step (wharf.md 1.5, without its defects). */
export function workloadOf(
  identity: RunIdentity,
  step: PlannedStepOf<ContainerStepSpec>,
  attempt: number,
  workspace: readonly TarSource[],
  script: TarSource,
  pull: WorkloadSpec['pull'],
): WorkloadSpec {
  const { spec } = step;
  return {
    name: workloadName(identity.run, step.id, attempt),
    labels: workloadLabels(identity, step.id, attempt, 'step'),
    lifetime: 'step',
    pull,
    volumes: [
      { name: 'workspace', content: workspace },
      { name: 'script', content: [script] },
    ],
    containers: [
      {
        name: stepContainer,
        image: spec.image,
        command: shellCommand(spec),
        workingDirectory: { volume: 'workspace', path: '' },
        env: stepEnvironment(identity, step),
        mounts: [
          { volume: 'workspace', path: workspacePath },
          { volume: 'script', path: scriptPath },
        ],
        ...(spec.memoryBytes !== undefined && { memoryBytes: spec.memoryBytes }),
      },
    ],
  };
}

/** The commands as one script. Upstream joined them the same way, but without `set -e` (docs/wharf-compat.md). */
export function scriptOf(spec: ContainerStepSpec): { name: string; text: string } {
  return { name: scriptName, text: spec.commands.join('\n') + '\n' };
}

const shellsWithSetE = new Set(['sh', 'ash', 'bash', 'dash', 'ksh', 'mksh', 'yash', 'zsh', 'busybox']);

/** `-e` for shells that know it; any other program is handed the script as its only argument. */
export function shellCommand(spec: ContainerStepSpec): readonly Argument[] {
  const script: Argument = { volume: 'script', path: scriptName };
  const words = spec.shell.split(/\s+/).filter((word) => word !== '');
  const program = words[0]?.split('/').at(-1) ?? '';
  return shellsWithSetE.has(program) ? [...words, '-e', script] : [...words, script];
}

function stepEnvironment(identity: RunIdentity, step: PlannedStepOf<ContainerStepSpec>): Record<string, string> {
  return {
    CI: 'true',
    SLIPWAY_RUN: identity.run,
    SLIPWAY_STEP: step.id,
    // The tree belongs to the container's user, yet its parent may not: Git would refuse to look at it.
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'safe.directory',
    GIT_CONFIG_VALUE_0: workspacePath,
    ...step.spec.env,
  };
}
