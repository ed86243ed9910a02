import type { KubernetesObject } from '../kubernetes-object.ts';
import { memberLabel } from './apply-set.ts';
import { digestAnnotation } from './manifest-digest.ts';

/** On a namespace or a definition that a deploy created: the id of its ApplySet. Only such a one is ever deleted. */
export const createdAnnotation = 'slipway.dev/created-by';

export interface Marks {
  readonly setId: string;
  readonly digest: string;
  readonly name: string;
  /** Absent for objects that belong to no namespace. */
  readonly namespace: string | undefined;
  /** The object is a namespace or a definition that this set created. */
  readonly isCreatedBySet?: boolean;
}

/** Returns an object as it is applied: with its place, and the marks by which Slipway finds and compares it. */
export function sentObject(object: KubernetesObject, marks: Marks): KubernetesObject {
  const { namespace: _, name: __, ...metadata } = object.metadata;
  return {
    ...withoutStringData(object),
    metadata: {
      ...metadata,
      name: marks.name,
      ...(marks.namespace !== undefined && { namespace: marks.namespace }),
      labels: { ...metadata.labels, [memberLabel]: marks.setId },
      annotations: {
        ...metadata.annotations,
        [digestAnnotation]: marks.digest,
        ...(marks.isCreatedBySet === true && { [createdAnnotation]: marks.setId }),
      },
    },
  };
}

/**
 * `stringData` of a Secret is written into `data` by the cluster, and nobody owns the result. So the field of another
 * client could neither be seen nor lead to a conflict.
 */
function withoutStringData(object: KubernetesObject): KubernetesObject {
  const { stringData, ...rest } = object;
  if (object.kind !== 'Secret' || object.apiVersion !== 'v1' || !isTexts(stringData)) return object;
  const encoded = Object.entries(stringData).map(([key, text]) => [key, Buffer.from(text).toString('base64')] as const);
  return {
    ...rest,
    data: { ...(rest['data'] as object | undefined), ...Object.fromEntries(encoded) },
  };
}

function isTexts(value: unknown): value is Readonly<Record<string, string>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((text: unknown) => typeof text === 'string')
  );
}
