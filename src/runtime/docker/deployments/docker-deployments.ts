import { cancelledBy, failed, succeeded, type Outcome } from '../../../model/outcome.ts';
import type { Work } from '../../../model/work.ts';
import type {
  AppliedWorkload,
  ListedWorkload,
  LocalDeployments,
  LocalInventory,
  LocalProbe,
  LocalWorkload,
  ProbeResult,
} from '../../local-deployments.ts';
import { refusedBy } from '../../runtime-refused.ts';
import { lossFailure, startFailure } from '../api/engine-failure.ts';
import type { EngineSession } from '../api/engine-session.ts';
import { answerLimit } from '../api/request-limits.ts';
import { applyWorkload } from './apply-workload.ts';
import { lastLines } from './last-lines.ts';
import { listDeploy } from './list-workloads.ts';
import { ensureNetwork } from './local-network.ts';
import { tryProbe } from './probe.ts';
import { removeDeploy, removeUnused, removeWorkloads, stopContainers } from './remove-workloads.ts';

/** Keeps workloads of deploys on Docker or Podman. */
export class DockerDeployments implements LocalDeployments {
  readonly #session: EngineSession;

  constructor(session: EngineSession) {
    this.#session = session;
  }

  async list(deploy: string, signal: AbortSignal): Promise<LocalInventory> {
    try {
      return await listDeploy(this.#session, deploy, signal);
    } catch (error) {
      signal.throwIfAborted();
      throw refusedBy(error, lossFailure);
    }
  }

  async prepare(deploy: string, work: Work): Promise<Outcome> {
    return await this.#changed(
      work,
      startFailure,
      async (signal) => await ensureNetwork(this.#session, deploy, signal),
    );
  }

  async apply(
    deploy: string,
    workload: LocalWorkload,
    existing: ListedWorkload | undefined,
    work: Work,
  ): Promise<Outcome<AppliedWorkload>> {
    return await applyWorkload(this.#session, deploy, workload, existing, work);
  }

  async remove(workloads: readonly ListedWorkload[], work: Work): Promise<Outcome> {
    return await this.#changed(
      work,
      lossFailure,
      async (signal) => await removeWorkloads(this.#session, workloads, signal),
    );
  }

  async removeUnused(deploy: string, work: Work): Promise<Outcome> {
    using limit = answerLimit(this.#session.clock, work.signal);
    return await this.#tried(lossFailure, async () => await removeUnused(this.#session, deploy, limit.signal));
  }

  async removeAll(deploy: string, work: Work): Promise<Outcome> {
    return await this.#changed(work, lossFailure, async (signal) => {
      const { workloads } = await listDeploy(this.#session, deploy, signal);
      await removeDeploy(this.#session, deploy, workloads, signal);
    });
  }

  async probe(container: string, probe: LocalProbe, signal: AbortSignal): Promise<ProbeResult> {
    return await tryProbe(this.#session, container, probe, signal);
  }

  async lastLines(container: string, signal: AbortSignal): Promise<readonly string[]> {
    return await lastLines(this.#session, container, signal);
  }

  async stop(containers: readonly string[], signal: AbortSignal): Promise<void> {
    try {
      await stopContainers(this.#session, containers, signal);
    } catch (error) {
      signal.throwIfAborted();
      throw refusedBy(error, lossFailure);
    }
  }

  /** Makes a change. After a cancellation, the request that is under way still gets its response. */
  async #changed(
    work: Work,
    meaning: typeof lossFailure,
    change: (signal: AbortSignal) => Promise<void>,
  ): Promise<Outcome> {
    if (work.signal.aborted) return cancelledBy(work.signal);
    using limit = answerLimit(this.#session.clock, work.signal);
    const outcome = await this.#tried(meaning, async () => await change(limit.signal));
    return outcome.status === 'failed' && work.signal.aborted ? cancelledBy(work.signal) : outcome;
  }

  async #tried(meaning: typeof lossFailure, act: () => Promise<void>): Promise<Outcome> {
    try {
      await act();
      return succeeded(undefined);
    } catch (error) {
      const failure = meaning(error);
      if (failure === undefined) throw error;
      return failed(failure);
    }
  }
}
