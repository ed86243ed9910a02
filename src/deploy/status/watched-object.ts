import type { OwnerReference } from '../../clusters/pods/pod-types.ts';

/**
 * The fields of a watched object that every judge may use (k8s.io/apimachinery, meta/v1). Objects of lists have no `kind`, so
 * whoever asks for them knows it.
 */
export interface WatchedObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    /** Counts changes of the specification. Kinds without such a count have none. */
    readonly generation?: number;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly (OwnerReference & { readonly controller?: boolean })[];
    readonly managedFields?: readonly { readonly time?: string; readonly subresource?: string }[];
  };
  readonly spec?: unknown;
  readonly status?: unknown;
}

export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown' | (string & {});
  readonly reason?: string;
  readonly message?: string;
  readonly observedGeneration?: number;
}

/** Returns the condition of a type if it is true. */
export function trueCondition(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find((condition) => condition.type === type && condition.status === 'True');
}

/** Reports whether the status may be of an older specification. */
export function isUnobserved(
  { metadata: { generation } }: Pick<WatchedObject, 'metadata'>,
  observedGeneration: number | undefined,
): boolean {
  return generation !== undefined && (observedGeneration ?? 0) < generation;
}
