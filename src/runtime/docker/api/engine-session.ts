import type { Clock } from '../../../model/clock.ts';
import type { FileOwner } from '../../../model/tree.ts';
import type { EngineClient } from './engine-client.ts';
import type { CredentialFiles } from '../../../registry/registry-credentials.ts';

/** What everything in this folder is handed: one engine that answers. */
export interface EngineSession {
  readonly engine: EngineClient;
  /** The same connections, without a version in front of the path: for Podman's own API. */
  readonly bare: EngineClient;
  readonly flavor: 'docker' | 'podman';
  readonly clock: Clock;
  readonly credentials: CredentialFiles;
  /**
   * Owners by image id and `USER`, for as long as the session lives: finding one out may take two reads of files in an
   * image.
   */
  readonly owners: Map<string, Promise<FileOwner>>;
  /** Folders on the way to a mount, by image id and path: whether they are in the image. */
  readonly folders: Map<string, Promise<boolean>>;
}

/** Labels of this runtime's own, beside those of the specification. */
export const ownLabels = {
  workload: 'slipway.dev/workload',
  container: 'slipway.dev/container',
  /** `main` for the first container, which stands for the workload; `init`, `side`, `shell`. */
  role: 'slipway.dev/role',
} as const;

export type ContainerRole = 'main' | 'init' | 'side' | 'shell';

/** What of an answer to `/containers/ID/json` is used. */
export interface InspectedContainer {
  readonly Id: string;
  readonly Name: string;
  readonly Created: string;
  readonly State: {
    readonly Status: string;
    readonly Running: boolean;
    readonly OOMKilled: boolean;
    readonly ExitCode: number;
    readonly Error?: string;
    readonly StartedAt?: string;
    readonly FinishedAt?: string;
  };
  readonly Config: {
    readonly Labels: Readonly<Record<string, string>> | null;
    readonly WorkingDir: string;
    readonly Env: readonly string[] | null;
    readonly User: string;
    readonly Entrypoint: readonly string[] | null;
  };
  readonly HostConfig: { readonly Memory?: number; readonly NetworkMode?: string };
  readonly Mounts?: readonly { readonly Type: string; readonly Name?: string; readonly Destination: string }[];
  readonly NetworkSettings?: {
    readonly IPAddress?: string;
    readonly Networks?: Readonly<Record<string, { readonly IPAddress?: string }>> | null;
  };
}

/** Podman calls a container whose process has ended `stopped` until it is tidied up; its exit code is there by then. */
export function hasEnded(state: InspectedContainer['State']): boolean {
  return state.Status === 'exited' || state.Status === 'stopped' || state.Status === 'dead';
}

/**
 * Milliseconds since 1970 of a time that the engine tells; `undefined` for none and for the year 1, which means never.
 */
export function timeOf(text: string | undefined): number | undefined {
  const at = Date.parse(text ?? '');
  return Number.isNaN(at) || at <= 0 ? undefined : at;
}
