/** Hooks that run in containers of a deploy, and where their containers are found. */
import type { Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import type { ExecIo, Exit } from '../../runtime/container-io.ts';

/** A command that runs in containers of a deploy (skaffold.dev, "Lifecycle Hooks"). */
export interface ContainerHook {
  /** The program and its arguments. No shell reads them. */
  readonly command: readonly [program: string, ...args: string[]];
  /** A pattern of Go's `path.Match`. Absent: every pod of the deploy. */
  readonly podName?: string;
  /** A pattern of Go's `path.Match`. Absent: every container of the pod. */
  readonly containerName?: string;
}

/** Where the containers of one deploy are found: a cluster, or an engine of containers. */
export interface HookContainers {
  /**
   * Returns the containers of the deploy that run now and match a hook. Pods that are being deleted, init containers and those for
   * debugging are left out. The order is that of the names. Failures: `runtime-lost`, `forbidden`, `unsupported`.
   */
  find(hook: Pick<ContainerHook, 'podName' | 'containerName'>, work: Work): Promise<Outcome<readonly HookContainer[]>>;
}

/** A running container of a deploy. */
export interface HookContainer {
  /** On an engine: the name of the workload. */
  readonly pod: string;
  readonly container: string;
  /** Absent on engines. */
  readonly namespace?: string;
  /** Runs a command. Rejects with the signal's reason. Neither an error nor the signal ends the command itself. */
  exec(argv: readonly string[], io: ExecIo): Promise<Exit>;
}
