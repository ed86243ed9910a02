import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const scripts = process.env['SLIPWAY_TEST_CLUSTER_FAULTS'] ?? '';
const pids = process.env['SLIPWAY_TEST_CLUSTER_PIDS'] ?? '';

/** Why the parts of the test cluster cannot be stopped, or `undefined` if they can. */
export const noFaults: string | undefined =
  (process.env['SLIPWAY_TEST_KUBECONFIG'] ?? '') === ''
    ? 'SLIPWAY_TEST_KUBECONFIG does not name a kubeconfig'
    : scripts === '' || pids === ''
      ? 'SLIPWAY_TEST_CLUSTER_FAULTS and SLIPWAY_TEST_CLUSTER_PIDS do not name the scripts and the pid files of a cluster that may be disturbed'
      : undefined;

export type ClusterPart = 'apiserver' | 'kubelet' | 'containerd' | 'controllers' | 'registry';

/** Stops parts of the test cluster, and restores all of them. */
export class ClusterFaults {
  readonly #held = new Set<ClusterPart>();
  readonly #restarts = new Set<Promise<unknown>>();

  /** Suspends the part without killing it. */
  hold(part: ClusterPart): void {
    this.#held.add(part);
    process.kill(this.#pid(part), 'SIGSTOP');
  }

  release(part: ClusterPart): void {
    if (this.#held.delete(part)) process.kill(this.#pid(part), 'SIGCONT');
  }

  /** Kills the part and starts it again with its data. Resolves when it has started. */
  async restart(part: ClusterPart, secondsAway = 0): Promise<void> {
    const restart = promisify(execFile)(join(scripts, 'restart'), [part, String(secondsAway)]);
    this.#restarts.add(restart);
    await restart;
  }

  /**
   * Restores everything.
   * @param isWell reports whether the cluster works again
   */
  async mend(isWell: () => Promise<boolean>): Promise<void> {
    for (const part of [...this.#held]) this.release(part);
    await Promise.allSettled(this.#restarts);
    this.#restarts.clear();
    while (!(await isWell().catch(() => false))) await new Promise((resolve) => setTimeout(resolve, 500));
  }

  #pid(part: ClusterPart): number {
    return Number(readFileSync(join(pids, `${part}.pid`), 'utf8').trim());
  }
}
