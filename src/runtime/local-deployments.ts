/**
 * The interface to workloads that stay after the run: what a deploy without a cluster starts. An engine implements it
 * beside `Runtime` (`runtime/docker/deployments/`).
 *
 * A workload is a group of containers like a pod: they share the network and the volumes. Every object of a deploy has
 * labels, so another process finds all of them after a crash (`localLabels`).
 */
import type { Outcome } from '../model/outcome.ts';
import type { Work } from '../model/work.ts';

/** The label keys of a deploy without a cluster, beside those of the runtime. */
export const localLabels = {
  /** The name of the deploy. */
  deploy: 'slipway.dev/deploy',
  /** Always `kept`: nothing but the deploy's own removal removes it (`WorkloadSpec.lifetime`). */
  lifetime: 'slipway.dev/lifetime',
  /** The object that the workload belongs to, as in `LocalWorkload.object`. */
  object: 'slipway.dev/object',
  /** Identifies the whole specification of the workload, its files included. */
  digest: 'slipway.dev/specification',
  /** `LocalWorkload.sources` as JSON. */
  sources: 'slipway.dev/sources',
  /** The names of the containers that the workload has once it is complete, as JSON. */
  containers: 'slipway.dev/containers',
  /** `LocalContainer.probes` as JSON. */
  probes: 'slipway.dev/probes',
  /** `LocalWorkload.ports` as JSON. */
  ports: 'slipway.dev/ports',
  /** `once` for a workload that runs to its end. */
  ends: 'slipway.dev/ends',
  /** `on-failure` or `never`, for a workload with this `LocalRestart.policy`. */
  restart: 'slipway.dev/restart',
  /** The claim of a volume, `NAMESPACE/NAME`. */
  claim: 'slipway.dev/claim',
} as const;

export interface LocalDeployments {
  /** Returns everything that exists of a deploy, in whatever state. Throws `RuntimeRefused`. */
  list(deploy: string, signal: AbortSignal): Promise<LocalInventory>;
  /**
   * Creates the network of a deploy unless it exists. Called before `apply`. Failures: `runtime-lost`, `start-failed`.
   */
  prepare(deploy: string, work: Work): Promise<Outcome>;
  /**
   * Makes a workload exist as specified. Changes nothing if `existing` has the same specification and the same images,
   * and is complete. Otherwise removes `existing`, pulls images, creates the containers with their files, runs the init
   * containers one after the other, and starts the rest. Does not wait until it is ready.
   *
   * After a failure or a cancellation, what was created stays for its logs. The next `apply` replaces it.
   *
   * Failures: `image-unavailable`, `start-failed`, `disk-full`, `runtime-lost`, `container-failed` (an init container).
   */
  apply(
    deploy: string,
    workload: LocalWorkload,
    existing: ListedWorkload | undefined,
    work: Work,
  ): Promise<Outcome<AppliedWorkload>>;
  /** Stops and removes workloads with their volumes, but not the volumes of claims. Failures: `runtime-lost`. */
  remove(workloads: readonly ListedWorkload[], work: Work): Promise<Outcome>;
  /**
   * Removes the network of a deploy if it has no container, and the volumes of workloads without one. Claims stay.
   * Also works after a cancellation, with a timeout. Failures: `runtime-lost`.
   */
  removeUnused(deploy: string, work: Work): Promise<Outcome>;
  /** Removes everything that exists of a deploy, claims and network included. Failures: `runtime-lost`. */
  removeAll(deploy: string, work: Work): Promise<Outcome>;
  /**
   * Tries a probe once. `container`: its id. Commands run in it. Connections are made from this machine.
   * Rejects with the signal's reason only.
   */
  probe(container: string, probe: LocalProbe, signal: AbortSignal): Promise<ProbeResult>;
  /** Returns the last lines of a container's output, none if it cannot be read. */
  lastLines(container: string, signal: AbortSignal): Promise<readonly string[]>;
  /** Stops the containers of a workload that runs to its end, once its main containers have ended. */
  stop(containers: readonly string[], signal: AbortSignal): Promise<void>;
}

export interface LocalWorkload {
  /** Unique on the engine. Letters, digits, `-` and `.`. */
  readonly name: string;
  readonly hostname: string;
  /** `apps/v1 Deployment NAMESPACE NAME`; the namespace is `-` if there is none. */
  readonly object: string;
  readonly digest: string;
  /**
   * The objects that the workload is made of, and what identifies their content. `''` for Secrets: no label has
   * anything that depends on their content alone.
   */
  readonly sources: Readonly<Record<string, string>>;
  readonly initContainers: readonly LocalContainer[];
  /** At least one. */
  readonly containers: readonly LocalContainer[];
  readonly volumes: readonly LocalVolume[];
  readonly restart: LocalRestart;
  /** Names under which other workloads of the deploy reach it. */
  readonly aliases: readonly string[];
  /** Ports on loopback of the engine's machine. */
  readonly ports: readonly LocalPort[];
  /** Ports of the workload's own address that lead to another port of it. */
  readonly forwards: readonly LocalForward[];
  /** `NAME:ADDRESS` */
  readonly extraHosts: readonly string[];
  readonly network: 'deploy' | 'engine' | 'none';
  readonly sharesProcesses: boolean;
  readonly ipc: 'own' | 'engine';
  /** Between SIGTERM and SIGKILL. */
  readonly graceSeconds: number;
  readonly sysctls: Readonly<Record<string, string>>;
  /** Seconds until an init container that does not end has failed. */
  readonly initDeadlineSeconds: number;
}

/** `once`: it is done when its containers have ended, each started again at most `retries` times after a failure. */
export type LocalRestart =
  { readonly policy: 'always' | 'on-failure' | 'never' } | { readonly policy: 'once'; readonly retries: number };

export interface LocalContainer {
  /** Unique in the workload. */
  readonly name: string;
  readonly image: string;
  readonly pull: 'missing' | 'always' | 'never';
  /** Absent: the image's entrypoint. */
  readonly command?: readonly string[];
  /** Absent: the image's command, unless `command` is set. */
  readonly args?: readonly string[];
  readonly workingDirectory?: string;
  /** `podAddressMark` stands for the workload's address, here and in `command` and `args`. */
  readonly env: Readonly<Record<string, string>>;
  readonly mounts: readonly LocalMount[];
  readonly memoryBytes?: number;
  readonly cpus?: number;
  /** `USER` or `USER:GROUP` as numbers. */
  readonly user?: string;
  readonly groups: readonly string[];
  readonly privileged: boolean;
  readonly addCapabilities: readonly string[];
  readonly dropCapabilities: readonly string[];
  readonly readOnlyRoot: boolean;
  readonly noNewPrivileges: boolean;
  readonly terminal: boolean;
  readonly input: boolean;
  /** An init container that keeps running: the next one starts once its startup probe succeeds. */
  readonly sidecar: boolean;
  readonly probes: LocalProbes;
}

/** Stands for the address of the workload, which is known once it exists. */
export const podAddressMark = '\u0000address\u0000';

export interface LocalMount {
  readonly volume: string;
  readonly path: string;
  readonly readOnly: boolean;
  /** A path in the volume. Only for volumes of files and of the engine's machine. */
  readonly subPath?: string;
}

export type LocalVolume = { readonly name: string } & (
  | { readonly kind: 'files'; readonly files: readonly LocalFile[] }
  | { readonly kind: 'empty'; readonly memory: boolean; readonly sizeBytes?: number }
  /** A volume of the engine that stays when the workload is removed. `claim`: `NAMESPACE/NAME`. */
  | { readonly kind: 'claim'; readonly claim: string; readonly volume: string }
  /** A path of the engine's machine. `mustExist`: it is not created. */
  | { readonly kind: 'host'; readonly path: string; readonly mustExist: boolean }
);

export interface LocalFile {
  /** Relative to the mount. */
  readonly path: string;
  readonly content: Uint8Array;
  /** The permission bits. */
  readonly mode: number;
  /** A number. */
  readonly group: number;
}

export interface LocalPort {
  readonly container: number;
  readonly protocol: 'tcp' | 'udp';
  /** The port of the engine's machine. Another one is taken if it is not free. Absent: any free one. */
  readonly wanted?: number;
  /** What it belongs to, for display: `service/web port 80`. */
  readonly of: string;
}

export interface LocalForward {
  readonly listen: number;
  readonly to: number;
}

export interface LocalProbes {
  readonly startup?: LocalProbe;
  readonly readiness?: LocalProbe;
}

export interface LocalProbe {
  readonly check:
    | { readonly kind: 'exec'; readonly command: readonly string[] }
    | {
        readonly kind: 'http';
        readonly port: number;
        readonly path: string;
        readonly headers: readonly (readonly [string, string])[];
      }
    | { readonly kind: 'tcp'; readonly port: number };
  readonly initialDelaySeconds: number;
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
  readonly successThreshold: number;
  readonly failureThreshold: number;
}

export type ProbeResult = { readonly ok: true } | { readonly ok: false; readonly detail: string };

export interface LocalInventory {
  readonly workloads: readonly ListedWorkload[];
  /** `NAMESPACE/NAME` of each claim that has a volume. */
  readonly claims: readonly string[];
}

export interface ListedWorkload {
  readonly name: string;
  readonly object: string;
  readonly digest: string;
  readonly sources: Readonly<Record<string, string>>;
  readonly containers: readonly ListedContainer[];
  /** It is done when its containers have ended. */
  readonly ends: boolean;
  /** Its containers run until they end well. Otherwise one that ends has failed, unless the workload `ends`. */
  readonly mayEnd: boolean;
  /** All containers were started at least once. */
  readonly complete: boolean;
  readonly ports: readonly BoundPort[];
}

export interface ListedContainer {
  readonly id: string;
  readonly name: string;
  /** `main`, `side`: what the workload is for. `holder` keeps the network of the others. */
  readonly role: 'main' | 'side' | 'sidecar' | 'init' | 'holder';
  readonly imageId: string;
  readonly image: string;
  /** `created`: never started. */
  readonly state: 'created' | 'running' | 'ended';
  readonly probes: LocalProbes;
}

/** A port on loopback of the engine's machine. */
export interface BoundPort extends LocalPort {
  readonly host: string;
  readonly port: number;
}

export interface AppliedWorkload {
  readonly change: 'created' | 'changed' | 'unchanged';
  /** Why it was replaced. */
  readonly because?: 'specification' | 'image' | 'incomplete';
  readonly ports: readonly BoundPort[];
}
