import { randomBytes } from 'node:crypto';
import type { ObjectProblem } from '../../model/outcome.ts';
import { groupKindOf, shownObject, type KubernetesObject, type Manifest } from '../kubernetes-object.ts';
import { wrongManifest } from '../manifests/wrong-manifest.ts';
import type { SetContents } from './apply-set.ts';
import { manifestDigest } from './manifest-digest.ts';
import { definedKind } from './needs-of.ts';

/** An object that is to be applied. */
export interface PlannedObject {
  readonly manifest: Manifest;
  readonly digest: string;
  readonly name: string;
  /** The object gets a new name at each deploy, so earlier ones stay. */
  readonly isGenerated: boolean;
}

/** The API server makes generated names this long too. */
const suffixBytes = 3;

/**
 * Returns the objects of manifests. One that is rendered twice in the same form is one object. The problems include
 * objects that no cluster could store.
 */
export function plannedObjects(manifests: readonly Manifest[]): {
  readonly planned: readonly PlannedObject[];
  readonly problems: readonly ObjectProblem[];
} {
  const planned = new Map<string, PlannedObject>();
  const problems: ObjectProblem[] = [];
  for (const manifest of manifests) {
    const { object, source } = manifest;
    const digest = manifestDigest(object);
    const { generateName, namespace = '' } = object.metadata;
    const isGenerated = object.metadata.name === undefined && generateName !== undefined;
    const name = object.metadata.name ?? `${generateName ?? ''}${randomBytes(suffixBytes).toString('hex').slice(1)}`;
    const shown = { object: shownObject({ ...object, name }), ...(namespace !== '' && { namespace }) };
    const wrong = wrongManifest(object, name);
    if (wrong !== undefined) problems.push({ ...shown, ...wrong });
    const key = [groupKindOf(object), namespace, name].join('/');
    const other = planned.get(key);
    if (other === undefined) planned.set(key, { manifest, digest, name, isGenerated });
    else if (other.digest !== digest)
      problems.push({
        ...shown,
        detail: `it is rendered twice with different content: by ${other.manifest.source} and by ${source}`,
        cause: 'invalid',
      });
  }
  return { planned: [...planned.values()], problems };
}

/** Returns a problem for each object with the place of the set's record: its content would replace the record. */
export function recordProblems(
  planned: readonly PlannedObject[],
  record: { readonly name: string; readonly namespace: string },
): readonly ObjectProblem[] {
  return planned
    .filter(
      ({ name, manifest: { object } }) =>
        groupKindOf(object) === 'ConfigMap' &&
        name === record.name &&
        (object.metadata.namespace ?? record.namespace) === record.namespace,
    )
    .map(({ name, manifest: { object, source } }) => ({
      object: shownObject({ ...object, name }),
      namespace: record.namespace,
      detail: `Slipway keeps the record of this deploy in a ConfigMap with this name: give the one in ${source} another name`,
      cause: 'invalid',
    }));
}

/** Returns where the members of a set will be. Objects that belong to no namespace may count as those of the default. */
export function plannedContents(planned: readonly PlannedObject[], namespace: string): SetContents {
  const namespaces = planned.map(({ manifest }) => manifest.object.metadata.namespace ?? namespace);
  return {
    groupKinds: [...new Set(planned.map(({ manifest }) => groupKindOf(manifest.object)))].sort(),
    namespaces: [...new Set(namespaces)].filter((each) => each !== namespace).sort(),
  };
}

/** Returns the kinds that the objects define themselves: `group/kind`. */
export function plannedKinds(objects: readonly KubernetesObject[]): ReadonlySet<string> {
  const definitions = objects.filter(({ kind }) => kind === 'CustomResourceDefinition');
  return new Set(definitions.flatMap((definition) => definedKind(definition) ?? []));
}
