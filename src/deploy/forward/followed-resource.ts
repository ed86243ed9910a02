import { hasStatus } from '../../clusters/api/api-error.ts';
import type { ClusterClient } from '../../clusters/api/cluster-client.ts';
import { watch } from '../../clusters/api/watch.ts';
import type { Pod } from '../../clusters/pods/pod-types.ts';
import { refusedPermission } from '../../clusters/refused-permission.ts';
import type { Clock } from '../../model/clock.ts';
import { onAbort } from '../../util/abort.ts';
import { choosePod } from './choose-pod.ts';
import { kindPath } from './forwardable-kinds.ts';
import type { ClusterResource } from './forwarded-port.ts';
import type { LiveObject } from './live-object.ts';
import { podsOf, type PodQuery } from './pods-of.ts';
import { servicePort, targetPort } from './target-port.ts';

/** Where a new connection goes. */
export type Target = { readonly pod: string; readonly port: number } | NoTarget;

/** Why a connection has nowhere to go, after the name of the resource: `has no pods`. */
export interface NoTarget {
  readonly reason: string;
  /** Waiting does not help: the resource has no such port. */
  readonly isMistake: boolean;
}

/** Follows a resource of a cluster and its pods, so that the next connection goes to a pod that is ready. */
export class FollowedResource {
  /** Resolves when the object and its pods were asked for once, also if the cluster refuses. */
  readonly known: Promise<void>;
  /** Resolves when nothing is watched any longer. Follows the signal. */
  readonly over: Promise<void>;
  #object: LiveObject | undefined;
  #isListed = false;
  readonly #pods = new Map<string, Pod>();
  #query: PodQuery | undefined;
  #podWatch: { readonly ending: AbortController; readonly over: Promise<void> } | undefined;
  /** Why nothing is known of the object or its pods. */
  #refusal: string | undefined;
  #chosen: string | undefined;
  #isKnown!: () => void;
  readonly #waiting = new Set<() => void>();

  constructor(
    readonly resource: ClusterResource,
    readonly client: ClusterClient,
    readonly clock: Clock,
    readonly signal: AbortSignal,
  ) {
    this.known = new Promise((resolve) => (this.#isKnown = resolve));
    this.over = this.#watchObject().then(async () => {
      this.#isKnown();
      await this.#podWatch?.over;
    });
  }

  /**
   * Returns where a connection to this port goes now.
   * @param avoid names of pods that could not be reached
   */
  target(port: number | string, avoid?: ReadonlySet<string>): Target {
    const object = this.#object;
    if (this.#refusal !== undefined) return { reason: this.#refusal, isMistake: false };
    if (object === undefined) {
      const { namespace } = this.resource;
      const reason = this.#isListed ? `does not exist in namespace ${namespace}` : 'is not known yet';
      return { reason, isMistake: false };
    }
    if (this.resource.kind === 'service') {
      const found = servicePort(object, port);
      if ('problem' in found) return { reason: found.problem, isMistake: true };
    }
    const query = podsOf(this.resource, object);
    if ('reason' in query) return { reason: query.reason, isMistake: true };
    const unready = object.spec?.publishNotReadyAddresses === true;
    const chosen = choosePod([...this.#pods.values()], { before: this.#chosen, unready, ...(avoid && { avoid }) });
    if (chosen.pod === undefined) return { reason: chosen.reason, isMistake: false };
    const found = targetPort(this.resource, object, chosen.pod, port);
    if ('problem' in found) return { reason: found.problem, isMistake: true };
    this.#chosen = chosen.pod.metadata.name;
    return { pod: this.#chosen, port: found.port };
  }

  /** Resolves after the next change, and on the signal. */
  async changed(signal: AbortSignal): Promise<void> {
    let wake = () => {};
    const changed = new Promise<void>((resolve) => (wake = resolve));
    this.#waiting.add(wake);
    using _listener = onAbort(signal, wake);
    await changed;
    this.#waiting.delete(wake);
  }

  async #watchObject(): Promise<void> {
    const target = { path: kindPath(this.resource), fieldSelector: `metadata.name=${this.resource.name}` };
    await watch<LiveObject>(
      this.client,
      this.clock,
      target,
      {
        onChanged: (object) => this.#took(object),
        onDeleted: () => this.#took(undefined),
        onListed: () => {
          this.#isListed = true;
          if (this.#podWatch === undefined) this.#isKnown();
          this.#tell();
        },
        onConnected: () => this.#allowed(),
        onDisconnected: (_since, error) => this.#refused(error),
      },
      this.signal,
    );
  }

  #took(object: LiveObject | undefined): void {
    this.#object = object;
    // A pod is what is watched already.
    if (this.resource.kind === 'pod') {
      this.#pods.clear();
      if (object) this.#pods.set(object.metadata.name, object as unknown as Pod);
    } else if (object) this.#followPods(podsOf(this.resource, object));
    this.#tell();
  }

  #followPods(query: PodQuery | { readonly reason: string }): void {
    if ('reason' in query || query.labelSelector === this.#query?.labelSelector) return;
    this.#query = query;
    this.#podWatch?.ending.abort();
    this.#pods.clear();
    const before = this.#podWatch?.over;
    const ending = new AbortController();
    this.#podWatch = { ending, over: Promise.all([before, this.#watchPods(query, ending)]).then(() => undefined) };
  }

  async #watchPods({ labelSelector, includes }: PodQuery, ending: AbortController): Promise<void> {
    using _listener = onAbort(this.signal, () => ending.abort());
    const keyOf = ({ metadata: { uid, name } }: Pod) => uid ?? name;
    const isCurrent = () => !ending.signal.aborted;
    await watch<Pod>(
      this.client,
      this.clock,
      {
        path: kindPath({ kind: 'pod', namespace: this.resource.namespace }),
        ...(labelSelector !== undefined && { labelSelector }),
      },
      {
        onChanged: (pod) => {
          if (!isCurrent() || includes?.(pod) === false) return;
          this.#pods.set(keyOf(pod), pod);
          this.#tell();
        },
        onDeleted: (key) => {
          if (isCurrent() && this.#pods.delete(key)) this.#tell();
        },
        onListed: () => {
          this.#isKnown();
          this.#tell();
        },
        onConnected: () => this.#allowed(),
        onDisconnected: (_since, error) => isCurrent() && this.#refused(error),
      },
      ending.signal,
    );
  }

  /** A cluster that does not answer for a moment changes nothing: its pods may go on. */
  #refused(error: unknown): void {
    if (hasStatus(error, 401, 403))
      this.#refusal = `cannot be followed: ${refusedPermission(error.said) ?? error.said}`;
    this.#isKnown();
    this.#tell();
  }

  #allowed(): void {
    this.#refusal = undefined;
  }

  #tell(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }
}
