/**
 * The operator's own file, `slipway/config.yaml` in the system's and the user's configuration folder: the only place
 * that gives a meaning to the names of clusters, secrets and accounts that a repository's files write
 * (docs/design/product.md, "Who decides what").
 */
import type { Span } from '../../diagnostics/source-text.ts';
import { noKubernetesSettings, type KubernetesSettings } from '../../model/kubernetes-settings.ts';
import type { ToolName } from '../../model/plan.ts';

export interface OperatorFile {
  /** Those that were read, the strongest first: the system's wins over the user's, entry by entry. */
  readonly files: readonly string[];
  readonly clusters: ReadonlyMap<string, ClusterEntry>;
  readonly secrets: ReadonlyMap<string, SecretEntry>;
  /** The accounts that a pod may run as. */
  readonly serviceAccounts: readonly string[];
  /**
   * A PEM file, or a folder of them, absolute: what is mounted at `certificatesMountPath`, and appended by
   * `append-cert`.
   */
  readonly certificates?: string;
  /**
   * Images of tools, by step: `kubectl`, `helm`, `nuget`. One without a tag or digest is given that of the version that
   * a step asks for.
   */
  readonly images: Readonly<Partial<Record<ToolName, string>>>;
  /** How steps run as pods. */
  readonly kubernetes: KubernetesSettings;
}

export interface ClusterEntry {
  /** Absolute; absent: the one that `kubectl` would use. */
  readonly kubeconfig?: string;
  /** Absent: the current one of that file. */
  readonly context?: string;
  readonly namespace?: string;
  readonly at: Span;
}

/** A map from keys to where their values are, or one Secret of Kubernetes, which only steps on Kubernetes can use. */
export type SecretEntry =
  | { readonly keys: ReadonlyMap<string, SecretSource>; readonly at: Span }
  | { readonly kubernetes: string; readonly at: Span };

export type SecretSource = (
  | /** Absolute. What the file holds, without one line end at its end. */ { readonly file: string }
  | /** A variable of Slipway's own environment. */ { readonly environment: string }
  | /** A program `docker-credential-HELPER`, asked for a server: its answer's `Secret`, or its `Username`. */ {
      readonly helper: string;
      readonly server: string;
      readonly part: 'secret' | 'username';
    }
) & { readonly at: Span };

/** What there is where no file is. */
export const noOperatorFile: OperatorFile = {
  files: [],
  clusters: new Map(),
  secrets: new Map(),
  serviceAccounts: [],
  images: {},
  kubernetes: noKubernetesSettings,
};
