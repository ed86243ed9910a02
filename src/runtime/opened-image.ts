import type { FileOwner } from '../model/tree.ts';
import type { Labels } from './container-io.ts';

/** What an image says about the containers that are made from it. */
export interface ImageConfig {
  /** `NAME=VALUE`. */
  readonly env: readonly string[];
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly labels: Labels;
  /** `8080/tcp`. Sorted, like `volumes`. */
  readonly exposedPorts: readonly string[];
  /** Paths. */
  readonly volumes: readonly string[];
  /** Empty if the image does not say it, like `user`. */
  readonly workdir: string;
  readonly user: string;
}

/** The name and the labels of what exists on the platform while an image is open. */
export interface ImagePlace {
  /** A DNS label of at most 63 characters. A pure function of run, step and attempt, so a crash orphans nothing. */
  readonly name: string;
  readonly labels: Labels;
}

/**
 * The content of an image. No process of it runs, so the image needs no programs. `RuntimeRefused` has the failure
 * `unsupported` if the platform cannot read this path, but others.
 */
export interface OpenedImage extends AsyncDisposable {
  /** `sha256:…` of the image's configuration. */
  readonly id: string;
  readonly config: ImageConfig;
  /**
   * Returns a tar of a path. Entry names start with the path's last component. Returns `undefined` if there is no such
   * path. A link at `path` itself is an entry and is not followed. Throws `RuntimeRefused`.
   */
  copyOut(path: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array> | undefined>;
  /**
   * Returns the owner of a path, of a link itself; `undefined` if there is no such path. Entries of `copyOut` may have another
   * owner (Podman). Throws `RuntimeRefused`.
   */
  owner(path: string, signal: AbortSignal): Promise<FileOwner | undefined>;
}
