import type { Outcome } from '../../model/outcome.ts';
import type { StepSpec, ToolName } from '../../model/plan.ts';
import type { TarSource } from '../../model/tree.ts';
import type { Argument, WorkloadSpec } from '../../runtime/runtime.ts';
import type { Provisions } from '../../model/provisions.ts';
import type { PlannedStepOf, StepWork } from '../step-runner.ts';

/** What one kind of step runs. The rest of a workload's life is the same for all kinds (`workload-step.ts`). */
export interface StepWorkload {
  readonly image: string;
  /** A file beside the workspace is `{ volume: 'script', path }`. A file in it is `{ volume: 'workspace', path }`. */
  readonly command: readonly Argument[];
  /** Values may contain secrets. `makeWorkloadSpec` keeps those out of the specification. */
  readonly env: Readonly<Record<string, Argument>>;
  /** Files beside the workspace. Artifacts and `git status` do not see them. */
  readonly files: readonly StepFile[];
  /** Layers above the workspace and the artifacts of earlier stages. */
  readonly overlay?: readonly TarSource[];
  /** Trees that are mounted outside the workspace. */
  readonly mounts?: readonly { readonly path: string; readonly content: TarSource }[];
  readonly memoryBytes?: number;
  /**
   * The container is what its image and the step say: no workspace, no working directory, no variables of Slipway. Such
   * a step cannot have secrets, files or mounts.
   */
  readonly plain?: true;
  /** See `ContainerSpec`. */
  readonly entrypoint?: 'image';
  /** See `WorkloadSpec`. */
  readonly network?: WorkloadSpec['network'];
  /** The service account of its pod, on Kubernetes. */
  readonly serviceAccount?: string;
  /** The tool that the step runs. The operator may choose its image. */
  readonly tool?: ToolName;
}

export interface StepFile {
  readonly name: string;
  readonly text: string;
  /** Executable by its owner. Otherwise only readable by its owner. */
  readonly executable?: true;
}

/** What a kind of step can use to make its workload. */
export interface WorkloadKindContext {
  readonly provisions: Provisions;
  /** The value of each variable in files of the workspace. */
  readonly values: ReadonlyMap<string, string>;
  /** The workspace as the step sees it, in layers. */
  readonly workspace: readonly TarSource[];
  /**
   * Reports whether a text contains a secret in any form. Such a text must not become an argument: every user of the
   * machine can read arguments.
   */
  hides(text: string): boolean;
  /** Whether the step uses the tools of this machine instead of images (`--on host`). */
  readonly onHost: boolean;
  /** Whether the step runs as a pod. A pod cannot reach loopback addresses of this machine. */
  readonly inPod: boolean;
}

/** Returns what a step runs. Its variables are filled in. A failure is the step's. */
export type WorkloadKind<Spec extends StepSpec> = (
  step: PlannedStepOf<Spec>,
  context: WorkloadKindContext,
  work: StepWork,
) => Promise<Outcome<StepWorkload>> | Outcome<StepWorkload>;
