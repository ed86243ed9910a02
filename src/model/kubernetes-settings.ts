/**
 * The operator's settings for steps that run as pods: `kubernetes` in the operator's file (docs/design/product.md, "Who
 * decides what").
 */
export interface KubernetesSettings {
  /**
   * The image of the helper container, which transfers files to and from a step's pod. It needs `sh`, `mkfifo` and
   * `tar`. Absent: the step's own image, which then needs them.
   */
  readonly helperImage?: string;
  /** What builds the images of `docker` steps. Absent: such steps are rejected on Kubernetes. */
  readonly builder?: ClusterBuilder;
  /**
   * The user that the whole pod runs as, in the way that the `restricted` Pod Security Standard requires. Absent: the
   * users of the images.
   */
  readonly restricted?: PodUser;
  /**
   * How long a pod may wait for a node before its step fails as `unschedulable`. A cluster that adds nodes needs
   * minutes.
   */
  readonly unschedulableAfterMs: number;
  /**
   * Merged into every pod of a step: node selection, tolerations, pull secrets, resources, and anything else of
   * `metadata` and `spec`.
   */
  readonly podTemplate?: PodTemplate;
}

export interface ClusterBuilder {
  readonly kind: 'kaniko' | 'buildah';
  readonly image: string;
  /** The image of the helper container beside this builder. Absent: that of all pods. */
  readonly helperImage?: string;
}

/** How the builder's pod of one image differs from what the operator says. */
export interface BuilderPod {
  /** The builder. Absent: the operator's. */
  readonly builder?: ClusterBuilder;
  /** Merged over the operator's template. In it, `builder` is the container of the builder. */
  readonly template?: PodTemplate;
  /** More arguments for Kaniko. Buildah: `unsupported`. */
  readonly kanikoFlags?: readonly string[];
}

export interface PodUser {
  readonly user: number;
  readonly group: number;
}

/** A `PodTemplateSpec` as written. The cluster validates it. */
export interface PodTemplate {
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly spec?: Readonly<Record<string, unknown>>;
}

const defaultUnschedulableAfterMs = 120_000;
/** The user of restricted pods if the operator names none. */
export const defaultPodUser: PodUser = { user: 1000, group: 1000 };

export const noKubernetesSettings: KubernetesSettings = { unschedulableAfterMs: defaultUnschedulableAfterMs };
