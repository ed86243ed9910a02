import type { KubernetesObject } from '../kubernetes-object.ts';
import { isMap } from './map-fields.ts';
import { yamlBlock, yamlScalar, yamlText } from './yaml-scalar.ts';

/**
 * Returns objects as YAML that `kubectl` reads: documents with `---` between them, and a line end after each. The keys of maps are
 * sorted, as Skaffold and `kubectl` print them, so equal objects give equal texts. Fields without a value are left out.
 *
 * This is not `diagnostics/yaml/write-yaml.ts`: that keeps comments, and takes seconds for hundreds of objects.
 */
export function printManifests(objects: readonly KubernetesObject[]): string {
  return objects.map((object) => `${mapLines(object).join('\n')}\n`).join('---\n');
}

const indent = '  ';

/** Returns the lines of a value. The first one may follow its key or the dash of its item, unless `isNested`. */
interface Printed {
  readonly lines: readonly string[];
  /** A map or list that starts on the line after its key. */
  readonly isNested: boolean;
}

function printed(value: unknown): Printed {
  if (Array.isArray(value) && value.length > 0) return { lines: value.flatMap(itemLines), isNested: true };
  if (isMap(value)) {
    const lines = mapLines(value);
    return lines.length === 0 ? { lines: ['{}'], isNested: false } : { lines, isNested: true };
  }
  if (Array.isArray(value)) return { lines: ['[]'], isNested: false };
  const block = typeof value === 'string' ? yamlBlock(value) : undefined;
  return { lines: block ?? [yamlScalar(value)], isNested: false };
}

function mapLines(map: object): readonly string[] {
  return Object.entries(map)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([key, value]) => {
      const { lines, isNested } = printed(value);
      const name = `${yamlText(key)}:`;
      if (isNested) return [name, ...lines.map(indented)];
      return [`${name} ${lines[0] ?? ''}`, ...lines.slice(1).map(indented)];
    });
}

function itemLines(value: unknown): readonly string[] {
  const { lines } = printed(value);
  return [`- ${lines[0] ?? ''}`, ...lines.slice(1).map(indented)];
}

/** An empty line of a text stays empty. */
function indented(line: string): string {
  return line === '' ? '' : indent + line;
}
