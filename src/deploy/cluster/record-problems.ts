/** The problems of a deploy with its own record. */
import type { DeployedObject } from '../../model/artifact.ts';
import type { ObjectProblem } from '../../model/outcome.ts';
import { shownObject } from '../kubernetes-object.ts';
import { objectKey, type ObjectKey } from './needs-of.ts';

export interface RecordPlace {
  readonly name: string;
  readonly namespace: string;
}

/** Returns a problem with the record itself. */
export function recordProblem(
  { name, namespace }: RecordPlace,
  detail: string,
  cause?: ObjectProblem['cause'],
): ObjectProblem {
  return { object: `configmap/${name}`, namespace, detail, ...(cause !== undefined && { cause }) };
}

export function withoutNamespace(record: RecordPlace): ObjectProblem {
  const detail = `the cluster has no namespace "${record.namespace}": create it, or add it to the manifests`;
  return recordProblem(record, detail, 'no-namespace');
}

/** The record was removed while a deploy ran. */
export function removedMeanwhile(record: RecordPlace): ObjectProblem {
  return recordProblem(
    record,
    'the record of this deploy was removed while it ran, and objects may have been removed with it. It is written again. Deploy again, or remove what is there with `slipway delete`',
  );
}

/** The namespace of the record was removed while a deploy ran, so that no record can be written. */
export function namespaceGone(record: RecordPlace): ObjectProblem {
  return recordProblem(
    record,
    `the namespace "${record.namespace}" was removed while this deploy ran, and the record with it. Deploy again when it is gone. \`slipway delete\` finds what is left in other namespaces`,
    'no-namespace',
  );
}

/**
 * Returns the warning about kinds in which a deploy without a record may have left objects. Returns `undefined` if all were
 * seen.
 * @param forbidden how many kinds may not be listed
 */
export function unseenWarning(
  { name, namespace }: RecordPlace,
  { refusals, forbidden }: { readonly refusals: readonly string[]; readonly forbidden: number },
): string | undefined {
  const why = [
    ...(forbidden > 0 ? [`it may not list ${forbidden} ${forbidden === 1 ? 'kind' : 'kinds'}`] : []),
    ...(refusals.length > 0 ? [`the cluster cannot list ${refusals.join(', ')}`] : []),
  ];
  if (why.length === 0) return undefined;
  return `this deploy has no record (configmap/${name} in namespace ${namespace}), so Slipway looked for its objects by their labels. It did not see all: ${why.join(', and ')}`;
}

/** Deploys keep writing the record, so that a removal cannot end. */
export function writtenAgain(record: RecordPlace): ObjectProblem {
  return recordProblem(
    record,
    'a deploy wrote it while its objects were removed. The record stays: run `slipway delete` again when no deploy runs',
  );
}

/**
 * Returns a problem for each object that a deploy applied and that is gone at its end, because another deploy or a removal
 * ran at the same time.
 * @param there the keys of the members that the cluster has
 */
export function lostMeanwhile(
  objects: readonly DeployedObject[],
  there: ReadonlySet<ObjectKey>,
): readonly ObjectProblem[] {
  return objects
    .filter((object) => !there.has(objectKey(object, object.namespace, object.name)))
    .map((object) => ({
      object: shownObject(object),
      ...(object.namespace !== undefined && { namespace: object.namespace }),
      detail:
        'another deploy of the same name, or its removal, deleted it or took it over while this one ran: let one end before the next begins, then deploy again',
    }));
}
