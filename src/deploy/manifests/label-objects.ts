import type { Manifest } from '../kubernetes-object.ts';
import { changedFields, type FieldPaths, type FieldRules } from './field-rules.ts';
import { isMap, mapFields } from './map-fields.ts';

export type Labels = Readonly<Record<string, string>>;

/**
 * Adds labels to objects and to the templates in them, so that pods have them too. A label of the manifest keeps its value. Selectors
 * stay as they are. Which kinds get labels: `changedFields`.
 */
export function labelObjects(manifests: readonly Manifest[], labels: Labels, rules: FieldRules): readonly Manifest[] {
  if (Object.keys(labels).length === 0) return manifests;
  return manifests.map((manifest) => {
    const { labels: paths } = changedFields(manifest.object, rules);
    const object = mapFields(manifest.object, ({ path, name, value }) =>
      isMap(value) && mayLabel(paths, path, name) ? labelled(value, labels) : value,
    );
    return object === manifest.object ? manifest : { ...manifest, object };
  });
}

function mayLabel(paths: FieldPaths, path: string, name: string): boolean {
  return paths.has(`${path}.labels`, name === 'metadata');
}

function labelled(map: Readonly<Record<string, unknown>>, labels: Labels): Readonly<Record<string, unknown>> {
  const own = map['labels'] ?? {};
  return isMap(own) ? { ...map, labels: { ...labels, ...own } } : map;
}
