/** The fields of live objects that decide where a port leads (core/v1, apps/v1, batch/v1). */
import type { Pod } from '../../clusters/pods/pod-types.ts';

export interface LiveObject {
  readonly metadata: {
    readonly name: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly [field: string]: unknown;
  };
  readonly spec?: {
    /** Of a Service and a ReplicationController: labels. Of others: see `LabelSelector`. */
    readonly selector?: Readonly<Record<string, string>> | LabelSelector;
    readonly template?: PodTemplate;
    readonly jobTemplate?: { readonly spec?: { readonly template?: PodTemplate } };
    /** Of a Service. */
    readonly ports?: readonly ServicePort[];
    readonly clusterIP?: string;
    readonly publishNotReadyAddresses?: boolean;
    readonly type?: string;
    readonly [field: string]: unknown;
  };
}

export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

export interface ServicePort {
  readonly name?: string;
  readonly port: number;
  /** Absent: TCP. */
  readonly protocol?: string;
  /** What clients speak: `http`, `kubernetes.io/ws`. */
  readonly appProtocol?: string;
  /** Absent: the same as `port`. */
  readonly targetPort?: number | string;
}

export interface PodTemplate {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec?: Pick<Pod['spec'], 'containers' | 'initContainers'>;
}

/** A port that a container declares. */
export interface DeclaredPort {
  readonly name?: string;
  readonly containerPort: number;
  readonly protocol?: string;
}

/** Returns what a workload makes its pods of. A pod is its own template. */
export function templateOf(object: LiveObject): PodTemplate {
  const { spec } = object;
  return spec?.template ?? spec?.jobTemplate?.spec?.template ?? (object as unknown as PodTemplate);
}

/** Returns the ports that a container declares. */
export function declaredPorts(container: Pod['spec']['containers'][number]): readonly DeclaredPort[] {
  return (container['ports'] ?? []) as readonly DeclaredPort[];
}
