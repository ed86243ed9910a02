import { SourceText, type Span } from '../../diagnostics/source-text.ts';
import type { Located, LocatedMap } from '../../diagnostics/yaml/located.ts';
import { writeYaml } from '../../diagnostics/yaml/write-yaml.ts';
import type { KubernetesObject } from '../kubernetes-object.ts';

/**
 * Returns objects as YAML that `kubectl` reads: documents with `---` between them, and a line end after each. The keys of maps are
 * sorted, as Skaffold and `kubectl` print them, so equal objects give equal texts. Fields without a value are left out.
 */
export function printManifests(objects: readonly KubernetesObject[]): string {
  return writeYaml(objects.map((object) => mapOf(object)));
}

function locatedOf(value: unknown): Located {
  if (Array.isArray(value)) return { kind: 'list', items: value.map(locatedOf), at: nowhere };
  if (typeof value === 'object' && value !== null) return mapOf(value);
  const known = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
  return { kind: 'scalar', value: known, text: String(known ?? ''), at: nowhere };
}

function mapOf(value: object): LocatedMap {
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => ({ key, keyAt: nowhere, value: locatedOf(item) }));
  return { kind: 'map', entries, at: nowhere };
}

const nowhere: Span = { source: new SourceText('', ''), start: 0, end: 0 };
