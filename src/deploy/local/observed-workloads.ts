import type { Clock } from '../../model/clock.ts';
import { onAbort } from '../../util/abort.ts';
import type { ListedContainer, ListedWorkload, LocalDeployments, LocalProbe } from '../../runtime/local-deployments.ts';
import type { ContainerStatus, RunningContainer, RunningContainers } from '../../runtime/running-container.ts';
import { localLabels } from '../../runtime/local-deployments.ts';
import type { ObservedContainer } from './judge-workload.ts';

/** A container without probes is ready when it has run this long, and after each restart four times as long. */
const settleMs = 1_000;
const longestSettleMs = 20_000;
/** How long an ended container may wait for its restart. Docker's own pauses have a status of their own. */
const restartMs = 2_000;
/** Probes are tried more often than on a cluster, because somebody waits for them. */
const longestPauseMs = 1_000;

interface Entry {
  readonly listed: ListedContainer;
  status?: ContainerStatus;
  ready: boolean;
  probe?: string;
  startupFailed?: true;
  stays?: true;
}

/** Follows the containers of workloads, and tries their probes. */
export class ObservedWorkloads {
  readonly #entries: ReadonlyMap<string, Entry>;
  readonly #tasks: Promise<void>[] = [];
  readonly #engine: LocalDeployments;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  #failure: { readonly error: unknown } | undefined;
  #isChanged = true;
  #wake: () => void = () => undefined;

  constructor(
    {
      engine,
      running,
      name,
    }: { readonly engine: LocalDeployments; readonly running: RunningContainers; readonly name: string },
    workloads: readonly ListedWorkload[],
    clock: Clock,
    signal: AbortSignal,
  ) {
    this.#engine = engine;
    this.#clock = clock;
    this.#signal = signal;
    const containers = workloads.flatMap((workload) => workload.containers);
    this.#entries = new Map(containers.map((listed) => [listed.id, { listed, ready: false }]));
    this.#run(async () => {
      for await (const change of running.watch({ labels: { [localLabels.deploy]: name } }, signal))
        if (change.change === 'appeared') this.#follow(change.container);
    });
  }

  of(workload: ListedWorkload): readonly ObservedContainer[] {
    return workload.containers.map(({ id, name, role }) => {
      const { listed: _, ...entry } = this.#entries.get(id) ?? { ready: false };
      return { id, name, role, ...entry };
    });
  }

  /** Resolves after the next change. Rejects for bugs. */
  async changed(): Promise<void> {
    using _stopped = onAbort(this.#signal, () => this.wake());
    while (!this.#isChanged && !this.#signal.aborted) await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#isChanged = false;
    if (this.#failure) throw this.#failure.error;
  }

  wake(): void {
    this.#isChanged = true;
    this.#wake();
  }

  /** Resolves when nothing runs any longer, after the signal. */
  async ended(): Promise<void> {
    await Promise.all(this.#tasks);
  }

  #run(task: () => Promise<void>): void {
    this.#tasks.push(
      task().catch((error: unknown) => {
        if (this.#signal.aborted) return;
        this.#failure ??= { error };
        this.wake();
      }),
    );
  }

  #follow(container: RunningContainer): void {
    const entry = this.#entries.get(container.ref.id);
    if (entry === undefined) return;
    this.#run(async () => {
      for await (const status of container.statuses(this.#signal)) this.#take(entry, status);
    });
    const { startup, readiness } = entry.listed.probes;
    if (startup ?? readiness) this.#run(async () => await this.#probe(entry, startup, readiness));
  }

  #take(entry: Entry, status: ContainerStatus): void {
    entry.status = status;
    delete entry.stays;
    const hasProbes = Object.keys(entry.listed.probes).length > 0;
    if (!hasProbes) entry.ready = false;
    this.wake();
    if (status.state.phase === 'running' && !hasProbes)
      this.#later(entry, status, settleTime(status.restarts), () => (entry.ready = true));
    if (status.state.phase === 'ended') this.#later(entry, status, restartMs, () => (entry.stays = true));
  }

  /** Does something unless the status changes before. */
  #later(entry: Entry, status: ContainerStatus, ms: number, act: () => void): void {
    this.#run(async () => {
      await this.#clock.sleep(ms, this.#signal);
      if (entry.status !== status) return;
      act();
      this.wake();
    });
  }

  async #probe(entry: Entry, startup: LocalProbe | undefined, readiness: LocalProbe | undefined): Promise<void> {
    if (startup !== undefined) {
      const limitMs = (startup.initialDelaySeconds + startup.periodSeconds * startup.failureThreshold) * 1_000;
      const endsAt = this.#clock.now() + limitMs;
      if (!(await this.#until(entry, startup, () => this.#clock.now() > endsAt))) {
        entry.startupFailed = true;
        return this.wake();
      }
    }
    if (readiness !== undefined) await this.#until(entry, readiness, () => false);
    entry.ready = true;
    this.wake();
  }

  /** Tries a probe until it succeeds often enough. Returns false if it is given up. */
  async #until(entry: Entry, probe: LocalProbe, isLate: () => boolean): Promise<boolean> {
    await this.#clock.sleep(probe.initialDelaySeconds * 1_000, this.#signal);
    const longestMs = Math.min(probe.periodSeconds * 1_000, longestPauseMs);
    let pauseMs = Math.min(100, longestMs);
    for (let inARow = 0; ; pauseMs = Math.min(pauseMs * 2, longestMs)) {
      const result = await this.#engine.probe(entry.listed.id, probe, this.#signal);
      inARow = result.ok ? inARow + 1 : 0;
      if (inARow >= probe.successThreshold) {
        delete entry.probe;
        return true;
      }
      if (!result.ok && entry.probe !== result.detail) {
        entry.probe = result.detail;
        this.wake();
      }
      if (isLate()) return false;
      await this.#clock.sleep(pauseMs, this.#signal);
    }
  }
}

function settleTime(restarts: number): number {
  return Math.min(longestSettleMs, settleMs * 4 ** Math.min(restarts, 5));
}
