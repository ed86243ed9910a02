import type { ObjectProblem } from '../../model/outcome.ts';
import { shownObject, type KubernetesObject } from '../kubernetes-object.ts';
import { wrongData } from './config-data.ts';
import { wrongName, wrongNamespace } from './object-name.ts';

/** Stands for what is added to `generateName`. */
const generatedSuffix = '00000';

/**
 * Returns what is wrong with an object that no cluster could store, before anything is sent. A problem of a Secret names
 * keys, never values.
 * @param name of the object, which may be generated
 */
export function wrongManifest(
  object: KubernetesObject,
  name: string,
): Omit<ObjectProblem, 'object' | 'namespace'> | undefined {
  const lines = [...wrongName(object, name), ...wrongNamespace(object.metadata.namespace), ...wrongData(object)];
  const [first] = lines;
  if (first === undefined) return undefined;
  if (lines.length === 1) return { detail: first, cause: 'invalid' };
  return { detail: `${lines.length} fields are wrong`, lines, cause: 'invalid' };
}

/** Returns the problems of all objects. An object without any name is for others to report. */
export function wrongManifests(objects: readonly KubernetesObject[]): readonly ObjectProblem[] {
  return objects.flatMap((object) => {
    const { name: own, generateName, namespace } = object.metadata;
    const name = own ?? (generateName === undefined ? undefined : `${generateName}${generatedSuffix}`);
    const problem = name === undefined ? undefined : wrongManifest(object, name);
    if (name === undefined || problem === undefined) return [];
    const shown = shownObject({ ...object, name: own ?? `${generateName ?? ''}…` });
    return [{ object: shown, ...(namespace !== undefined && { namespace }), ...problem }];
  });
}
