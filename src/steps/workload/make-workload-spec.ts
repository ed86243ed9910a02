import { stepOrdinals, type RunId, type StepId, type StoreId } from '../../model/ids.ts';
import type { PlannedStage, PlannedStep } from '../../model/plan.ts';
import type { TarSource } from '../../model/tree.ts';
import { labelKeys, type Argument, type Labels, type WorkloadSpec } from '../../runtime/runtime.ts';
import type { Mask } from '../../secrets/mask.ts';
import { shellWord } from '../../util/shell-word.ts';
import type { StepFile, StepWorkload } from './step-workload.ts';

/** The path of the workspace and working directory in every container (docs/design/architecture.md, "Workspace"). */
export const workspacePath = '/mnt/repo';
/** The path of the step's files. It is outside the workspace, so artifacts and `git status` do not see them. */
const scriptPath = '/.slipway';
export const stepContainer = 'step';
/** The names of the step and its stage. The label has the id. */
const stepNameAnnotation = 'slipway.dev/step-name';
const stageNameAnnotation = 'slipway.dev/stage-name';

/** What a workload needs of its run. */
export interface RunIdentity {
  readonly store: StoreId;
  readonly run: RunId;
  readonly stages: readonly Pick<PlannedStage, 'ordinal' | 'name'>[];
}

/** Returns a DNS label of at most 63 characters. It is a pure function of run, step and attempt. */
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

/** Returns the names of the stage and step, for people who find the workload. */
export function workloadAnnotations({ stages }: RunIdentity, { id, name }: Pick<PlannedStep, 'id' | 'name'>): Labels {
  const stage = stages.find(({ ordinal }) => ordinal === stepOrdinals(id).stage);
  return { ...(stage && { [stageNameAnnotation]: stage.name }), [stepNameAnnotation]: name };
}

/**
 * Returns the specification of the workload of one attempt (docs/design/wharf.md, "Step types", without its defects).
 */
export function makeWorkloadSpec(
  identity: RunIdentity,
  step: PlannedStep,
  attempt: number,
  content: WorkloadContent,
): WorkloadSpec {
  const { work, workspace, mask } = content;
  if (work.plain === true) return plainSpec(identity, step, attempt, content);
  const { open, hidden } = splitSecrets({ ...commonEnvironment(identity, step), ...work.env }, mask);
  const files = hidden.length === 0 ? work.files : [...work.files, enterFile(hidden)];
  const mounts = (work.mounts ?? []).map((mount, i) => ({ volume: `mount-${i + 1}`, ...mount }));
  return {
    ...specHead(identity, step, attempt, content),
    ...(work.network !== undefined && { network: work.network }),
    ...(work.serviceAccount !== undefined && { serviceAccount: work.serviceAccount }),
    volumes: [
      { name: 'workspace', content: [...workspace, ...(work.overlay ?? [])] },
      { name: 'script', content: files.length === 0 ? [] : [content.filesTree(files)], confidential: true },
      ...mounts.map((mount) => ({ name: mount.volume, content: [mount.content], confidential: true as const })),
    ],
    containers: [
      {
        name: stepContainer,
        image: work.image,
        command:
          hidden.length === 0 ? work.command : ['/bin/sh', { volume: 'script', path: enterName }, ...work.command],
        workingDirectory: { volume: 'workspace', path: '' },
        env: open,
        mounts: [
          { volume: 'workspace', path: workspacePath },
          { volume: 'script', path: scriptPath },
          ...mounts.map(({ volume, path }) => ({ volume, path })),
        ],
        ...(work.memoryBytes !== undefined && { memoryBytes: work.memoryBytes }),
      },
    ],
  };
}

/** What all workloads of steps have. */
function specHead(identity: RunIdentity, step: PlannedStep, attempt: number, { pull }: Pick<WorkloadContent, 'pull'>) {
  return {
    name: workloadName(identity.run, step.id, attempt),
    labels: workloadLabels(identity, step.id, attempt, 'step'),
    annotations: workloadAnnotations(identity, step),
    lifetime: 'step' as const,
    pull,
  };
}

/** Returns the specification of a container that is only what its image and the step say (`StepWorkload.plain`). */
function plainSpec(
  identity: RunIdentity,
  step: PlannedStep,
  attempt: number,
  { work, pull }: WorkloadContent,
): WorkloadSpec {
  const { image, command, env, entrypoint, network } = work;
  return {
    ...specHead(identity, step, attempt, { pull }),
    ...(network !== undefined && { network }),
    volumes: [],
    containers: [{ name: stepContainer, image, command, ...(entrypoint && { entrypoint }), env, mounts: [] }],
  };
}

/** The parts of one attempt's workload. */
export interface WorkloadContent {
  readonly work: StepWorkload;
  readonly workspace: readonly TarSource[];
  readonly pull: WorkloadSpec['pull'];
  readonly mask: Mask;
  filesTree(files: readonly StepFile[]): TarSource;
}

/**
 * Separates values with secrets. They must not be in the container's specification, because `docker inspect` shows it
 * (docs/design/product.md, "Secrets").
 */
function splitSecrets(
  env: Readonly<Record<string, Argument>>,
  mask: Mask,
): { open: Record<string, Argument>; hidden: readonly (readonly [string, string])[] } {
  const entries = Object.entries(env);
  const hidden = mask.active
    ? entries.flatMap(([name, value]) =>
        typeof value === 'string' && mask.hides(value) ? [[name, value] as const] : [],
      )
    : [];
  const names = new Set(hidden.map(([name]) => name));
  return { open: Object.fromEntries(entries.filter(([name]) => !names.has(name))), hidden };
}

/** Reports whether a shell can set a variable of this name (POSIX.1-2017, 3.235). */
export function isVariableName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}

/**
 * Returns the variables with secrets that no shell can set. There is no other way to keep them out of the
 * specification.
 */
export function unsettableVariables(env: Readonly<Record<string, Argument>>, mask: Mask): readonly string[] {
  return splitSecrets(env, mask).hidden.flatMap(([name]) => (isVariableName(name) ? [] : [name]));
}

const enterName = 'enter';

/** Returns a script that exports the hidden variables, then executes the step's command. */
function enterFile(hidden: readonly (readonly [string, string])[]): StepFile {
  const lines = hidden.map(([name, value]) => `export ${name}=${shellWord(value)}`);
  return { name: enterName, text: [...lines, 'exec "$@"', ''].join('\n') };
}

function commonEnvironment(identity: RunIdentity, step: PlannedStep): Record<string, string> {
  return {
    CI: 'true',
    SLIPWAY_RUN: identity.run,
    SLIPWAY_STEP: step.id,
    // The container's user owns the tree but may not own its parent. Git refuses such a repository.
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'safe.directory',
    GIT_CONFIG_VALUE_0: workspacePath,
  };
}
