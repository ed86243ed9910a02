/**
 * How work ends: the second lane of errors. A failure is a value, never an exception. A cancellation is neither a
 * failure nor an exception. (docs/design/architecture.md, "Errors have three lanes".)
 */
import type { ToolName } from './plan.ts';

export type Outcome<T = void> =
  | { readonly status: 'succeeded'; readonly value: T }
  | { readonly status: 'failed'; readonly failure: Failure }
  | { readonly status: 'cancelled'; readonly because: CancelReason }
  | { readonly status: 'skipped'; readonly because: SkipReason };

export type CancelReason = 'user' | 'superseded' | 'shutdown' | 'siblingFailed';
export type SkipReason = 'condition' | 'dependencyFailed' | 'notSelected';

/** Why a step failed. New members may be added. Codes are kebab-case and never change their meaning. */
export type Failure =
  /** `command`: which one it was, if it was not the step's own: a hook. */
  | {
      readonly code: 'exit-nonzero';
      readonly exitCode: number;
      readonly signal?: string;
      readonly command?: string;
    }
  /**
   * The image is missing and cannot be pulled. `by`: a cluster's node was to pull it with the credentials of its pod.
   * `tool`: this tool runs in the image, so no file in the repository names it.
   */
  | {
      readonly code: 'image-unavailable';
      readonly image: string;
      readonly detail: string;
      readonly by?: 'cluster';
      /** `--pull never` forbids pulling it. */
      readonly notPulled?: true;
      readonly tool?: ToolName;
    }
  /**
   * The image exists, but its first command cannot start: the shell is missing or not executable. `by`: the cluster
   * rejected the pod or could not provide what it needs. `noNamespace`: the pod's namespace does not exist.
   */
  | {
      readonly code: 'start-failed';
      readonly detail: string;
      /** Absent if the user can do nothing. */
      readonly cause?: StartCause;
      readonly by?: 'cluster';
      readonly noNamespace?: string;
    }
  /** No node could run the pod within `kubernetes.unschedulableAfter`. */
  | { readonly code: 'unschedulable'; readonly detail: string }
  /**
   * A quota of the namespace is exceeded. `because`: it is smaller than the step's pod, or pods that this run does not
   * wait for use it up. Absent: it requires a field that the pod does not set.
   */
  | { readonly code: 'quota-exceeded'; readonly detail: string; readonly because?: 'too-small' | 'used-by-others' }
  /** The cluster evicted the pod to free resources of its node. */
  | { readonly code: 'evicted'; readonly detail: string }
  /** The pod's node stopped responding to the cluster. */
  | { readonly code: 'node-lost'; readonly node: string; readonly detail: string }
  /** The platform refuses: the login is invalid, a permission is missing, or a policy forbids it. */
  | { readonly code: 'forbidden'; readonly detail: string }
  /** `atStart`: the limit is too small to start the container. */
  | { readonly code: 'out-of-memory'; readonly limit?: string; readonly atStart?: true }
  /**
   * A container that the step needs failed or could not start: one of the operator's pod template (`init`, `sidecar`),
   * the one that transfers files (`helper`), or the step's own before its command started or because of its pod
   * (`step`). `how` follows the container's name: `exited with code 4`. `detail` has its last lines or other details.
   */
  | {
      readonly code: 'container-failed';
      readonly container: string;
      readonly part: 'init' | 'sidecar' | 'helper' | 'step';
      readonly how: string;
      readonly detail: string;
    }
  /** `by`: a deadline of the cluster, not the step's own `timeout`. */
  | { readonly code: 'timed-out'; readonly afterMs: number; readonly by?: 'cluster' }
  /** The container engine or its machine disappeared during the step. `by`: the cluster disappeared. */
  | { readonly code: 'runtime-lost'; readonly detail: string; readonly by?: 'cluster' }
  /** The process of Slipway that ran an attempt died, and its work with it. The attempt was not at fault. */
  | { readonly code: 'interrupted'; readonly detail: string }
  /** Another process removed the workload. `by`: from the cluster. */
  | { readonly code: 'workload-deleted'; readonly detail: string; readonly by?: 'cluster' }
  /** Another process restarted the container. The process that the step started is gone, and another one runs. */
  | { readonly code: 'workload-restarted'; readonly detail: string }
  | { readonly code: 'disk-full'; readonly where: string; readonly detail: string }
  /**
   * Slipway cannot read or write a file on this machine: a permission, a read-only file system, too many open files, a
   * broken disk.
   */
  | { readonly code: 'file-error'; readonly detail: string }
  /**
   * A file or folder that the step names does not exist in the workspace after the earlier stages, or on this machine if its path is
   * absolute. `at`: where a configuration names it.
   */
  | {
      readonly code: 'file-missing';
      readonly field: string;
      readonly path: string;
      readonly detail?: string;
      readonly at?: { readonly file: string; readonly line: number; readonly column: number };
    }
  /** A file with substituted variables contains one that only other environments define. */
  | {
      readonly code: 'variable-undefined';
      readonly name: string;
      readonly path: string;
      readonly environments: readonly string[];
    }
  /** The image build failed. Its output has the details. */
  | { readonly code: 'build-failed'; readonly detail: string }
  /** The registry rejected the image. `by`: a pod of the cluster pushed it. */
  | { readonly code: 'push-failed'; readonly image: string; readonly detail: string; readonly by?: 'cluster' }
  /** Manifests could not be made. `source`: what they come from (`Manifest.source`). */
  | { readonly code: 'render-failed'; readonly source: string; readonly detail: string }
  /** The platform refused some objects. The others are applied. */
  | { readonly code: 'apply-failed'; readonly problems: readonly ObjectProblem[] }
  /** Some deployed resources did not become ready. */
  | { readonly code: 'not-ready'; readonly of: number; readonly problems: readonly ObjectProblem[] }
  /** Some objects could not be removed. They still exist. */
  | { readonly code: 'delete-failed'; readonly problems: readonly ObjectProblem[] }
  /** A glob of `artifacts` matched no file in a step that had succeeded so far. */
  | { readonly code: 'artifact-missing'; readonly patterns: readonly string[] }
  /** Two steps of one stage made the same path with different content. This one ended second. */
  | { readonly code: 'artifact-conflict'; readonly path: string; readonly otherStep: string }
  /** An invalid artifact: a path or link that leads out of the workspace, or a device. `others` are invalid too. */
  | ({ readonly code: 'artifact-refused'; readonly others?: readonly RefusedPath[] } & RefusedPath)
  /** Some tests of an image failed. `problems`: one sentence each. */
  | {
      readonly code: 'tests-failed';
      readonly failed: number;
      readonly of: number;
      readonly problems: readonly string[];
    }
  /** This runtime does not support the step. */
  | { readonly code: 'unsupported'; readonly detail: string }
  /** A bug in Slipway: the third lane, caught only in `guarded`. */
  | { readonly code: 'internal'; readonly name: string; readonly message: string; readonly stack?: string };

/** What is wrong with one object. */
export interface ObjectProblem {
  /** As `kubectl` names it: `deployment.apps/web`. */
  readonly object: string;
  readonly namespace?: string;
  /** What happened, in one sentence without its subject: `container web: the image cannot be pulled: …`. */
  readonly detail: string;
  /** Further lines: the last output of a container. */
  readonly lines?: readonly string[];
  readonly cause?: ObjectProblemCause;
}

export type ObjectProblemCause =
  /** Another field manager owns the fields. */
  | 'conflict'
  /** Another ApplySet or a Helm release owns the object, it is the record of one, or it is a release of others. */
  | 'other-owner'
  /** A field that cannot be changed. The object has to be created again. */
  | 'immutable'
  /** The cluster has no such kind: its definition is missing. */
  | 'no-kind'
  | 'no-namespace'
  | 'invalid'
  | 'forbidden'
  | 'quota'
  /** An admission webhook refused the object, or could not be called. */
  | 'webhook'
  | 'deadline';

/** Why a command could not start. */
export type StartCause =
  | 'no-program'
  | 'not-executable'
  /** The program is built for another CPU. */
  | 'wrong-platform'
  /** The image has no such user or group. */
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

/** The reason of Slipway's own `AbortSignal`s. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';
  constructor(readonly because: CancelReason) {
    super(`cancelled: ${because}`);
  }
}

export const succeeded = <T>(value: T): Outcome<T> => ({ status: 'succeeded', value });
export const failed = (failure: Failure): Outcome<never> => ({ status: 'failed', failure });

/** Returns the outcome of aborted work: cancelled, with the signal's reason or else `shutdown`. */
export function cancelledBy(signal: AbortSignal): Outcome<never> {
  const reason: unknown = signal.reason;
  return { status: 'cancelled', because: reason instanceof Cancelled ? reason.because : 'shutdown' };
}

/** Makes a switch over a union exhaustive: TypeScript rejects a missing case. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}
