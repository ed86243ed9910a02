/**
 * The operator's file, `slipway/config.yaml` in the configuration folder of the system and of the user. Only it can
 * resolve the names of clusters, secrets and accounts in a repository's files (docs/design/product.md, "Who decides
 * what").
 */
import type { Span } from '../../diagnostics/source-text.ts';
import { noKubernetesSettings, type KubernetesSettings } from '../../model/kubernetes-settings.ts';
import type { ToolName } from '../../model/plan.ts';

export interface OperatorFile {
  /** The files that were read, strongest first. Entries of the system's file override those of the user's file. */
  readonly files: readonly string[];
  readonly clusters: ReadonlyMap<string, ClusterEntry>;
  readonly secrets: ReadonlyMap<string, SecretEntry>;
  /** The service accounts that a pod may use. */
  readonly serviceAccounts: readonly string[];
  /**
   * The absolute path of a PEM file or a folder of PEM files. `certificatesMountPath` mounts them and `append-cert`
   * adds them.
   */
  readonly certificates?: string;
  /** Images of tools. An image without a tag or digest gets the version in the step as its tag. */
  readonly images: Readonly<Partial<Record<ToolName, string>>>;
  /** How steps run as pods. */
  readonly kubernetes: KubernetesSettings;
}

export interface ClusterEntry {
  /** Absolute. Absent: the kubeconfig that `kubectl` would use. */
  readonly kubeconfig?: string;
  /** Absent: the current context of that file. */
  readonly context?: string;
  readonly namespace?: string;
  readonly at: Span;
}

/** A map from keys to their sources, or one Kubernetes Secret, which only steps on Kubernetes can use. */
export type SecretEntry =
  | { readonly keys: ReadonlyMap<string, SecretSource>; readonly at: Span }
  | { readonly kubernetes: string; readonly at: Span };

export type SecretSource = (
  | /** An absolute path. The value is the content without one newline at the end. */ { readonly file: string }
  | /** An environment variable of Slipway's process. */ { readonly environment: string }
  | /** The `Secret` or `Username` in the response of `docker-credential-HELPER` for a server. */ {
      readonly helper: string;
      readonly server: string;
      readonly part: 'secret' | 'username';
    }
) & { readonly at: Span };

/** The result if neither file exists. */
export const noOperatorFile: OperatorFile = {
  files: [],
  clusters: new Map(),
  secrets: new Map(),
  serviceAccounts: [],
  images: {},
  kubernetes: noKubernetesSettings,
};
