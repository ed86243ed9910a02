/**
 * How work ends. The second lane of errors: a red outcome is a value, never a throw; a cancellation is neither.
 * (docs/design/architecture.md, "Errors have three lanes".)
 */
import type { ToolName } from './plan.ts';

export type Outcome<T = void> =
  | { readonly status: 'succeeded'; readonly value: T }
  | { readonly status: 'failed'; readonly failure: Failure }
  | { readonly status: 'cancelled'; readonly because: CancelReason }
  | { readonly status: 'skipped'; readonly because: SkipReason };

export type CancelReason = 'user' | 'superseded' | 'shutdown' | 'siblingFailed';
export type SkipReason = 'condition' | 'dependencyFailed' | 'notSelected';

/** Why a step is red. Grows by adding members; codes are kebab-case and never change their meaning. */
export type Failure =
  | { readonly code: 'exit-nonzero'; readonly exitCode: number; readonly signal?: string }
  /**
   * The image is not there and could not be had. `by`: a machine of a cluster was to pull it, with what its pod names.
   * `tool`: no file in the repository names it, since it is the one that this tool runs in.
   */
  | {
      readonly code: 'image-unavailable';
      readonly image: string;
      readonly detail: string;
      readonly by?: 'cluster';
      readonly tool?: ToolName;
    }
  /**
   * The image is there but its first command could not be started: no such shell, not executable. `by`: the cluster did
   * not take the pod, or could not give it what it asks for, whatever its image is. `noNamespace`: the one that was to
   * take it is not there.
   */
  | {
      readonly code: 'start-failed';
      readonly detail: string;
      /** Absent where nothing is known that the user could do. */
      readonly cause?: StartCause;
      readonly by?: 'cluster';
      readonly noNamespace?: string;
    }
  /** No machine of the cluster could take it within the grace (`kubernetes.unschedulableAfter`). */
  | { readonly code: 'unschedulable'; readonly detail: string }
  /**
   * A quota of the namespace does not allow it. `because`: it is smaller than the step's pod, or pods hold it that
   * this run does not wait for; absent: it wants the pod to state something.
   */
  | { readonly code: 'quota-exceeded'; readonly detail: string; readonly because?: 'too-small' | 'used-by-others' }
  /** The cluster took it off its machine, to have room there. */
  | { readonly code: 'evicted'; readonly detail: string }
  /** The machine that it ran on does not answer the cluster any more. */
  | { readonly code: 'node-lost'; readonly node: string; readonly detail: string }
  /** The platform does not let us: the login is not accepted, a permission is missing, a policy is against it. */
  | { readonly code: 'forbidden'; readonly detail: string }
  /** `atStart`: the limit is too small for the container to be started at all. */
  | { readonly code: 'out-of-memory'; readonly limit?: string; readonly atStart?: true }
  /**
   * A container that the step needs ended though it should not have, or could not be started: one that the operator's
   * pod template adds (`init`, `sidecar`), the one that hands over files (`helper`), or the step's own before its
   * command began or by its pod's doing (`step`). `how`: what follows the container's name, `exited with code 4`.
   * `detail`: its last lines, or what else is known.
   */
  | {
      readonly code: 'container-failed';
      readonly container: string;
      readonly part: 'init' | 'sidecar' | 'helper' | 'step';
      readonly how: string;
      readonly detail: string;
    }
  /** `by`: not the step's own `timeout` but a deadline that the cluster keeps. */
  | { readonly code: 'timed-out'; readonly afterMs: number; readonly by?: 'cluster' }
  /** The engine went away, or the machine with it, while the step needed it. `by`: it was the cluster that was lost. */
  | { readonly code: 'runtime-lost'; readonly detail: string; readonly by?: 'cluster' }
  /** Somebody else removed the workload. `by`: from the cluster. */
  | { readonly code: 'workload-deleted'; readonly detail: string; readonly by?: 'cluster' }
  /**
   * Somebody else stopped the container and started it again: the process that the step started is gone, another one
   * runs.
   */
  | { readonly code: 'workload-restarted'; readonly detail: string }
  | { readonly code: 'disk-full'; readonly where: string; readonly detail: string }
  /**
   * A file on this machine could not be read or written: a permission, a read-only file system, too many open files, a
   * broken disk.
   */
  | { readonly code: 'file-error'; readonly detail: string }
  /** A file or folder that the step names is not in the workspace, as it is once the stages before have run. */
  | { readonly code: 'file-missing'; readonly field: string; readonly path: string; readonly detail?: string }
  /** A file that the step has variables filled in uses one that only other environments define. */
  | {
      readonly code: 'variable-undefined';
      readonly name: string;
      readonly path: string;
      readonly environments: readonly string[];
    }
  /** The build of an image went red; its last words are in the output. */
  | { readonly code: 'build-failed'; readonly detail: string }
  /** The registry did not take the image. */
  | { readonly code: 'push-failed'; readonly image: string; readonly detail: string }
  /** A glob of `artifacts` that matched nothing in a step that had succeeded until then. */
  | { readonly code: 'artifact-missing'; readonly patterns: readonly string[] }
  /** Two steps of one stage made the same path with other content; this one ended second. */
  | { readonly code: 'artifact-conflict'; readonly path: string; readonly otherStep: string }
  /**
   * An artifact that may not be taken: a path or link that leads out of the workspace, a device. `others` are refused
   * as well.
   */
  | ({ readonly code: 'artifact-refused'; readonly others?: readonly RefusedPath[] } & RefusedPath)
  /** This runtime cannot do what the step asks for. */
  | { readonly code: 'unsupported'; readonly detail: string }
  /** The third lane, caught at one place (`guarded`): we are wrong. */
  | { readonly code: 'internal'; readonly name: string; readonly message: string; readonly stack?: string };

/** What kept a command from starting. */
export type StartCause =
  | 'no-program'
  | 'not-executable'
  /** The program is for another processor. */
  | 'wrong-platform'
  /** The image does not know its user or group. */
  | 'no-user'
  | 'working-directory'
  /** The limit is too small for any process. */
  | 'memory-limit'
  /** The engine cannot connect the container to its network. */
  | 'network';

export interface RefusedPath {
  readonly path: string;
  readonly detail: string;
}

/** The reason that an `AbortSignal` of ours carries. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';
  constructor(readonly because: CancelReason) {
    super(`cancelled: ${because}`);
  }
}

export const succeeded = <T>(value: T): Outcome<T> => ({ status: 'succeeded', value });
export const failed = (failure: Failure): Outcome<never> => ({ status: 'failed', failure });

/** The outcome of work whose signal has been aborted: the reason that it carries, else `shutdown`. */
export function cancelledBy(signal: AbortSignal): Outcome<never> {
  const reason: unknown = signal.reason;
  return { status: 'cancelled', because: reason instanceof Cancelled ? reason.because : 'shutdown' };
}

/** Closes a switch over a union: the compiler refuses a case that was forgotten. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}
