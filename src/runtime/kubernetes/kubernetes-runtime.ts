import { pageSize, pagesOf } from '../../clusters/api/pages-of.ts';
import { labelSelectorOf } from '../../clusters/api/selectors.ts';
import type { ConfirmOwner } from '../../model/ownership.ts';
import { failed, succeeded, type Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import { cancelledOrFailed } from '../error-outcome.ts';
import { refusedBy } from '../runtime-refused.ts';
import {
  labelKeys,
  type Labels,
  type Runtime,
  type Workload,
  type WorkloadRef,
  type WorkloadSpec,
} from '../runtime.ts';
import type { ImageBuilder } from '../image-builder.ts';
import type { TargetCluster } from '../target-cluster.ts';
import type { RunningContainers } from '../running-container.ts';
import { ClusterLost, hasStatus } from '../../clusters/api/api-error.ts';
import { retryTransient } from '../../clusters/api/retry.ts';
import { PodImageBuilder } from './build/pod-image-builder.ts';
import { builderWithoutRoot } from './build/builder-without-root.ts';
import { findJobs, isJob, removeJob } from './jobs/cluster-jobs.ts';
import { podPath, type ClusterSession } from './cluster-session.ts';
import { helperContainer } from './pod/control-volume.ts';
import { startStateCommand } from './pod/gate.ts';
import { isGated, refOf, stateOf, endedUnfilled, workloadContainers } from './pod/pod-reading.ts';
import { refusalOf } from './pod/refusal.ts';
import type { Pod } from '../../clusters/pods/pod-types.ts';
import { PodRunningContainers } from './running/pod-running-containers.ts';
import { askPod, hasBegun } from './workload/helper.ts';
import { PodWorkload } from './workload/pod-workload.ts';
import { removePod } from './workload/remove-pod.ts';
import { startPod } from './workload/start-pod.ts';
import { wasFilled } from './workload/was-filled.ts';
import { Deadline } from '../../util/deadline.ts';

const noBuilder = {
  because: 'the cluster has no image builder',
  advice: "set `kubernetes.builder` in the operator's file, or use --on docker",
};

/** Runs workloads as pods in one namespace of a cluster. */
export class KubernetesRuntime implements Runtime {
  readonly kind = 'kubernetes';
  /** Present if the operator names a builder and allows it to run as root. */
  readonly images?: ImageBuilder;
  readonly running: RunningContainers;
  readonly cluster: TargetCluster;
  readonly withoutImages?: NonNullable<Runtime['withoutImages']>;
  readonly #session: ClusterSession;

  constructor(
    session: ClusterSession,
    readonly engine: string,
  ) {
    this.#session = session;
    this.running = new PodRunningContainers(session);
    this.cluster = { client: session.client, namespace: session.namespace };
    const { builder } = session.settings;
    const withoutImages = builder === undefined ? noBuilder : builderWithoutRoot(session.settings);
    if (withoutImages !== undefined) this.withoutImages = withoutImages;
    else if (builder !== undefined) this.images = new PodImageBuilder(this, builder);
  }

  async start(spec: WorkloadSpec, work: Work): Promise<Outcome<Workload>> {
    const { settings } = this.#session;
    const session =
      spec.helperImage === undefined
        ? this.#session
        : { ...this.#session, settings: { ...settings, helperImage: spec.helperImage } };
    return await startPod(session, spec, work);
  }

  async *find(labels: Labels, signal: AbortSignal): AsyncGenerator<WorkloadRef, void, undefined> {
    const labelSelector = labelSelectorOf(labels);
    for await (const { items } of pagesOf(async (token) => await this.#page(labelSelector, token, signal)))
      for (const pod of items)
        // The pods of a job belong to the job.
        if (pod.metadata.deletionTimestamp === undefined && !isJob(refOf(pod))) yield refOf(pod);
    try {
      yield* await findJobs(this.#session, labels, signal);
    } catch (error) {
      throw refusedBy(error, this.#meaning);
    }
  }

  async adopt(ref: WorkloadRef, work: Work): Promise<Outcome<Workload>> {
    try {
      return await this.#adopt(ref, work.signal);
    } catch (error) {
      return cancelledOrFailed(error, work.signal, this.#meaning);
    }
  }

  async remove(ref: WorkloadRef, graceMs: number): Promise<void> {
    if (isJob(ref)) {
      try {
        return await removeJob(this.#session, ref, graceMs);
      } catch (error) {
        throw refusedBy(error, this.#meaning);
      }
    }
    if (graceMs > 0) {
      using limit = new Deadline(graceMs, () => new ClusterLost('no response in time'), [], this.#session.clock);
      const pod = await this.#pod(ref, limit.signal).catch(() => undefined);
      if (pod !== undefined && stateOf(pod) === 'running') {
        // Disposing removes the pod. Keep the pod if another owner has taken over, or if the cluster refuses the stop.
        const workload = this.#workload(pod);
        await workload.stop(graceMs);
        await workload[Symbol.asyncDispose]();
      }
    }
    try {
      await removePod(this.#session, ref.name, ref.id === '' ? undefined : ref.id);
    } catch (error) {
      throw refusedBy(error, this.#meaning);
    }
  }

  whileOwned(confirm: ConfirmOwner): KubernetesRuntime {
    return new KubernetesRuntime({ ...this.#session, client: this.#session.client.whileOwned(confirm) }, this.engine);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#session.watcher.close();
    this.#session.client.close();
  }

  readonly #meaning = (error: unknown) => refusalOf(error, this.#session.namespace);

  async #page(labelSelector: string, token: string | undefined, signal: AbortSignal): Promise<PodList> {
    const query = { labelSelector, limit: pageSize, continue: token };
    try {
      return await retryTransient(
        this.#session.clock,
        signal,
        async () => await this.#session.client.json<PodList>('GET', podPath(this.#session), { query, signal }),
      );
    } catch (error) {
      throw refusedBy(error, this.#meaning);
    }
  }

  async #adopt(ref: WorkloadRef, signal: AbortSignal): Promise<Outcome<Workload>> {
    const pod = await this.#pod(ref, signal);
    if (pod === undefined) return failed({ code: 'workload-deleted', detail: `workload ${ref.name} no longer exists` });
    if (!(await this.#hasBegun(pod, signal))) {
      await removePod(this.#session, ref.name, ref.id);
      return failed({ code: 'start-failed', detail: 'the pod was created, but its command never started' });
    }
    return succeeded(this.#workload(pod));
  }

  #workload(pod: Pod): PodWorkload {
    const ref = refOf(pod);
    return new PodWorkload(this.#session, {
      pod,
      follower: this.#session.watcher.follow(ref.name, ref.id, ref.labels[labelKeys.run]),
    });
  }

  async #pod(ref: WorkloadRef, signal: AbortSignal): Promise<Pod | undefined> {
    try {
      const pod = await retryTransient(
        this.#session.clock,
        signal,
        async () => await this.#session.client.json<Pod>('GET', podPath(this.#session, ref.name), { signal }),
      );
      return (ref.id === '' || pod.metadata.uid === ref.id) && pod.metadata.deletionTimestamp === undefined
        ? pod
        : undefined;
    } catch (error) {
      if (hasStatus(error, 404)) return undefined;
      throw error;
    }
  }

  /**
   * Reports whether the command has begun. Behind a gate a container starts long before its command: only the helper
   * knows.
   */
  async #hasBegun(pod: Pod, signal: AbortSignal): Promise<boolean> {
    if (endedUnfilled(pod)) return false;
    const state = stateOf(pod);
    const [main = ''] = workloadContainers(pod);
    if (state !== 'running') return state === 'exited';
    if (!isGated(pod)) return hasRun(pod, main) || (await wasFilled(this.#session, refOf(pod), signal));
    const answer = await retryTransient(
      this.#session.clock,
      signal,
      async () => await askPod(this.#session, pod.metadata.name, startStateCommand(main), signal),
    );
    // If the helper is not running, it has not started yet, or it has ended with the other containers.
    return answer === undefined ? hasRun(pod, helperContainer) : hasBegun(answer.text);
  }
}

function hasRun(pod: Pod, container: string): boolean {
  const state = pod.status?.containerStatuses?.find(({ name }) => name === container)?.state;
  return state?.running !== undefined || state?.terminated !== undefined;
}

interface PodList {
  readonly items: readonly Pod[];
  readonly metadata?: { readonly continue?: string };
}
