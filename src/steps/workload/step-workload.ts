import type { Outcome } from '../../model/outcome.ts';
import type { StepSpec, ToolName } from '../../model/plan.ts';
import type { TarSource } from '../../model/tree.ts';
import type { Argument } from '../../runtime/runtime.ts';
import type { Provisions } from '../../model/provisions.ts';
import type { PlannedStepOf, StepWork } from '../step-runner.ts';

/**
 * What one kind of step runs; all else about the life of a workload is the same for every kind (`workload-step.ts`).
 */
export interface StepWorkload {
  readonly image: string;
  /**
   * Files beside the workspace are `{ volume: 'script', path }`, those of the workspace `{ volume: 'workspace', path
   * }`.
   */
  readonly command: readonly Argument[];
  /** Values with secrets in them are kept out of the workload's specification by whoever makes it. */
  readonly env: Readonly<Record<string, Argument>>;
  /** Laid beside the workspace, where no artifact and no `git status` sees them. */
  readonly files: readonly StepFile[];
  /** Laid over the workspace, after what earlier stages made. */
  readonly overlay?: readonly TarSource[];
  /** Trees that are mounted elsewhere. */
  readonly mounts?: readonly { readonly path: string; readonly content: TarSource }[];
  readonly memoryBytes?: number;
  /** As in `WorkloadSpec`. */
  readonly network?: 'engine';
  /** The account of its pod, where there are pods. */
  readonly serviceAccount?: string;
  /** The tool that it is about, where it runs one in an image that the operator may choose. */
  readonly tool?: ToolName;
}

export interface StepFile {
  readonly name: string;
  readonly text: string;
  /** Executable; otherwise its owner alone may read it. */
  readonly executable?: true;
}

/** What a kind of step may look at when it makes up its workload. */
export interface WorkloadKindContext {
  readonly provisions: Provisions;
  /** Everything that `${name}` means in the files that the step has filled in. */
  readonly values: ReadonlyMap<string, string>;
  /** The tree as the step will see it. */
  readonly workspace: readonly TarSource[];
  /**
   * Whether a secret, in any of its forms, is in a text: then it must not become an argument, which everybody on the
   * machine can read.
   */
  hides(text: string): boolean;
  /** Whether the tools of this machine are used, rather than images (`--on host`). */
  readonly onHost: boolean;
  /** Whether it runs as a pod, to which addresses of this machine mean nothing. */
  readonly inPod: boolean;
}

/** From a step, its variables filled in, to what runs; a failure is the step's. */
export type WorkloadKind<Spec extends StepSpec> = (
  step: PlannedStepOf<Spec>,
  context: WorkloadKindContext,
  work: StepWork,
) => Promise<Outcome<StepWorkload>> | Outcome<StepWorkload>;
