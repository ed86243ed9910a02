import { hasStatus } from '../../clusters/api/api-error.ts';
import type { ClusterClient } from '../../clusters/api/cluster-client.ts';
import { nameSelectorOf } from '../../clusters/api/selectors.ts';
import { watch } from '../../clusters/api/watch.ts';
import type { Pod } from '../../clusters/pods/pod-types.ts';
import { refusedPermission } from '../../clusters/refused-permission.ts';
import type { Clock } from '../../model/clock.ts';
import { onAbort } from '../../util/abort.ts';
import { choosePod } from './choose-pod.ts';
import { kindPath } from './forwardable-kinds.ts';
import type { ClusterResource } from './forwarded-port.ts';
import type { PortHints } from './http-scheme.ts';
import { declaredPorts, type LiveObject, templateOf } from './live-object.ts';
import { podsOf, type PodQuery } from './pods-of.ts';
import { notThere } from './port-problems.ts';
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
  /** Why the cluster does not let a watch follow the object or its pods. */
  readonly #refusals = new Map<'object' | 'pods', string>();
  #chosen: string | undefined;
  #isKnown!: () => void;
  readonly #waiting = new Set<() => void>();

  /** @param onRefused called once for each watch that is refused, and for each other reason: `cannot be followed: …` */
  constructor(
    readonly resource: ClusterResource,
    readonly client: ClusterClient,
    readonly clock: Clock,
    readonly signal: AbortSignal,
    readonly onRefused: (reason: string) => void,
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
    if (object === undefined) {
      const reason = this.#isListed ? notThere(`namespace ${this.resource.namespace}`) : 'is not known yet';
      return { reason: this.#refusals.get('object') ?? reason, isMistake: false };
    }
    if (this.resource.kind === 'service') {
      const found = servicePort(object, port);
      if ('problem' in found) return { reason: found.problem, isMistake: true };
    }
    const query = podsOf(this.resource, object);
    if ('reason' in query) return { reason: query.reason, isMistake: true };
    const unready = object.spec?.publishNotReadyAddresses === true;
    const chosen = choosePod([...this.#pods.values()], { before: this.#chosen, unready, ...(avoid && { avoid }) });
    if (chosen.pod === undefined) return { reason: this.#refusals.get('pods') ?? chosen.reason, isMistake: false };
    const found = targetPort(this.resource, object, chosen.pod, port);
    if ('problem' in found) return { reason: found.problem, isMistake: true };
    this.#chosen = chosen.pod.metadata.name;
    return { pod: this.#chosen, port: found.port };
  }

  /** Returns what the object says of a port, as far as it is known. */
  hints(port: number | string): PortHints {
    const number = typeof port === 'number' ? { number: port } : { name: port };
    if (this.#object === undefined) return number;
    if (this.resource.kind === 'service') {
      const found = servicePort(this.#object, port);
      return 'problem' in found ? number : { ...found, number: found.port };
    }
    const declared = (templateOf(this.#object).spec?.containers ?? []).flatMap(declaredPorts);
    const found = declared.find(
      ({ name, containerPort }) => (typeof port === 'number' ? containerPort : name) === port,
    );
    return found ? { name: found.name, number: found.containerPort } : number;
  }

  /** Reports whether this reason is a refusal of the cluster, which `onRefused` got. */
  isRefusal(reason: string): boolean {
    return [...this.#refusals.values()].includes(reason);
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
    const target = { path: kindPath(this.resource), fieldSelector: nameSelectorOf(this.resource.name) };
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
        onConnected: () => void this.#refusals.delete('object'),
        onDisconnected: (_since, error) => this.#disconnected('object', error),
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
    this.#refusals.delete('pods');
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
        onConnected: () => isCurrent() && this.#refusals.delete('pods'),
        onDisconnected: (_since, error) => isCurrent() && this.#disconnected('pods', error),
      },
      ending.signal,
    );
  }

  /** A cluster that does not answer for a moment changes nothing: its pods may go on. What is known stays in use. */
  #disconnected(watched: 'object' | 'pods', error: unknown): void {
    if (hasStatus(error, 401, 403)) {
      const reason = `cannot be followed: ${refusedPermission(error.said) ?? error.said}`;
      const before = this.#refusals.get(watched);
      this.#refusals.set(watched, reason);
      if (reason !== before) this.onRefused(reason);
    }
    this.#isKnown();
    this.#tell();
  }

  #tell(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }
}
