/**
 * What the operator's file says about steps that run as pods (`kubernetes` in it; docs/design/product.md, "Who decides
 * what").
 */
export interface KubernetesSettings {
  /**
   * The image of the container that hands files to a step's pod and takes them from it; needs `sh`, `mkfifo` and `tar`.
   * Absent: the step's own image, which then needs both.
   */
  readonly helperImage?: string;
  /** What builds the images of `docker` steps; absent: they are refused on Kubernetes. */
  readonly builder?: ClusterBuilder;
  /**
   * Everything in the pod runs as this user, and so that the `restricted` Pod Security Standard lets it in; absent: as
   * the images say.
   */
  readonly restricted?: PodUser;
  /**
   * How long a pod may wait for a node before its step fails as `unschedulable`: a cluster that grows needs minutes to
   * make one.
   */
  readonly unschedulableAfterMs: number;
  /**
   * Laid under every pod of a step: node selection, tolerations, pull secrets, resources, anything else of `metadata`
   * and `spec`.
   */
  readonly podTemplate?: PodTemplate;
}

export interface ClusterBuilder {
  readonly kind: 'kaniko' | 'buildah';
  readonly image: string;
}

export interface PodUser {
  readonly user: number;
  readonly group: number;
}

/** A `PodTemplateSpec` as it was written; the cluster judges what is in it. */
export interface PodTemplate {
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly spec?: Readonly<Record<string, unknown>>;
}

const defaultUnschedulableAfterMs = 120_000;
/** The user of restricted pods where the operator names none. */
export const defaultPodUser: PodUser = { user: 1000, group: 1000 };

export const noKubernetesSettings: KubernetesSettings = { unschedulableAfterMs: defaultUnschedulableAfterMs };
