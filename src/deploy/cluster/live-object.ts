import { objectPath, type ApiResource } from '../../clusters/api/api-resource.ts';

/** One entry of `metadata.managedFields` (kubernetes.io, "Server-Side Apply"). */
export interface ManagedFields {
  readonly manager?: string;
  readonly operation?: string;
  readonly subresource?: string;
  readonly fieldsV1?: unknown;
}

/** The metadata of an object in the cluster. */
export interface LiveMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generateName?: string;
  readonly deletionTimestamp?: string;
  readonly finalizers?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly { readonly uid: string }[];
  readonly managedFields?: readonly ManagedFields[];
}

/** An object that is in the cluster. */
export interface LiveObject {
  readonly resource: ApiResource;
  readonly metadata: LiveMetadata;
}

export function pathOf({ resource, metadata }: LiveObject): string {
  return objectPath(resource, metadata.name, metadata.namespace);
}
