import type { Clock } from '../../../model/clock.ts';
import type { FileOwner } from '../../../model/tree.ts';
import type { EngineAddress } from './engine-address.ts';
import type { EngineClient } from './engine-client.ts';
import type { CredentialFiles } from '../../../registry/registry-credentials.ts';

/** One connected engine, shared by the files of this folder. */
export interface EngineSession {
  readonly engine: EngineClient;
  /** The same connections without a version prefix, for Podman's own API. */
  readonly bare: EngineClient;
  readonly flavor: 'docker' | 'podman';
  readonly address: EngineAddress;
  readonly clock: Clock;
  readonly credentials: CredentialFiles;
  /** Owners by image id and `USER`. Cached for the session: finding one may take two reads of files in an image. */
  readonly owners: Map<string, Promise<FileOwner>>;
  /** Whether folders above a mount exist in the image, by image id and path. */
  readonly folders: Map<string, Promise<boolean>>;
}

/** This runtime's labels, besides those of the specification. */
export const ownLabels = {
  workload: 'slipway.dev/workload',
  container: 'slipway.dev/container',
  /**
   * `main` for the first container, which represents the workload; `init`, `side`, `shell`. Of deploys also `sidecar`,
   * and `holder`, which holds the network.
   */
  role: 'slipway.dev/role',
} as const;

export type ContainerRole = 'main' | 'init' | 'side' | 'shell' | 'sidecar' | 'holder';

/** The fields of a response to `/containers/ID/json` that are used. */
export interface InspectedContainer {
  readonly Id: string;
  readonly Name: string;
  readonly Created: string;
  /** The image's id. */
  readonly Image?: string;
  /** By the container's restart policy. */
  readonly RestartCount?: number;
  readonly State: {
    readonly Status: string;
    readonly Running: boolean;
    readonly OOMKilled: boolean;
    readonly ExitCode: number;
    readonly Error?: string;
    readonly StartedAt?: string;
    readonly FinishedAt?: string;
    /** Absent or with an empty status if there is no health check. */
    readonly Health?: { readonly Status?: string } | null;
  };
  readonly Config: {
    readonly Labels: Readonly<Record<string, string>> | null;
    readonly WorkingDir: string;
    readonly Env: readonly string[] | null;
    readonly User: string;
    readonly Entrypoint: readonly string[] | null;
    /** As it was requested. */
    readonly Image?: string;
    readonly Tty?: boolean;
  };
  readonly HostConfig: {
    readonly Memory?: number;
    readonly NetworkMode?: string;
    readonly LogConfig?: { readonly Type?: string; readonly Config?: Readonly<Record<string, string>> | null };
  };
  readonly Mounts?: readonly { readonly Type: string; readonly Name?: string; readonly Destination: string }[];
  readonly NetworkSettings?: {
    readonly IPAddress?: string;
    readonly Networks?: Readonly<Record<string, { readonly IPAddress?: string }>> | null;
  };
}

/**
 * Reports whether the container has ended. Podman reports `stopped` until the container is cleaned up; its exit code is
 * known by then.
 */
export function hasEnded(state: InspectedContainer['State']): boolean {
  return state.Status === 'exited' || state.Status === 'stopped' || state.Status === 'dead';
}

/**
 * Parses an engine's time to milliseconds since 1970. Returns `undefined` for no time and for the year 1, which means
 * never.
 */
export function timeOf(text: string | undefined): number | undefined {
  const at = Date.parse(text ?? '');
  return Number.isNaN(at) || at <= 0 ? undefined : at;
}
