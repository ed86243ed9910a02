import type { KubernetesObject } from '../kubernetes-object.ts';
import { printManifests } from '../manifests/print-manifests.ts';
import type { ChartJson } from './release-json.ts';

/** What a chart rendered, changed as the deploy wants it. */
export interface RenderedChart {
  readonly chart: ChartJson;
  /** Objects and hooks, in the order in which Helm has them. */
  readonly objects: readonly KubernetesObject[];
  readonly notes: string;
  /** What the folders `crds` of the chart have. */
  readonly crds: string;
}

/**
 * Returns the files of a chart that renders exactly these objects (docs/decisions/0018-helm.md). It has the name, the versions and the
 * values of the chart that they come from. Its templates compute nothing.
 */
export function renderedChartFiles({ chart, objects, notes, crds }: RenderedChart): Readonly<Record<string, string>> {
  // The dependencies are rendered too.
  const { dependencies: _, ...metadata } = chart.metadata;
  return {
    // JSON is YAML.
    'Chart.yaml': JSON.stringify(metadata),
    'values.yaml': JSON.stringify(chart.values),
    ...(crds.trim() === '' ? {} : { 'crds/crds.yaml': crds }),
    ...(notes === '' ? {} : { 'templates/NOTES.txt': literal(notes) }),
    // Helm sorts objects of one kind by the names of their files.
    ...Object.fromEntries(
      objects.map((object, index) => [
        `templates/${String(index).padStart(5, '0')}.yaml`,
        literal(printManifests([object])),
      ]),
    ),
  };
}

/** Returns a template that renders a text as it is. */
function literal(text: string): string {
  return text.replaceAll('{{', '{{ "{{" }}');
}
