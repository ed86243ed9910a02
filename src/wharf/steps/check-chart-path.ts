import { failed, succeeded, type Failure, type Outcome } from '../../model/outcome.ts';
import type { TarSource } from '../../model/tree.ts';
import { LayeredTree } from '../../steps/workload/layered-tree.ts';

/**
 * Holds the links of a chart in the workspace to staying there. Helm follows them, and what they lead to is in the
 * release or in the packed chart: the operator's kubeconfig and logins lie beside the workspace
 * (docs/design/product.md, "Who decides what").
 * @param chart as Helm is given it: a path, or a name of something elsewhere, which a folder of that name hides; `''`
 *   is the workspace
 * @returns `file-missing` where it leads out; a chart that is not there is Helm's to miss
 */
export async function checkChartPath(
  chart: string,
  field: string,
  layers: readonly TarSource[],
  signal: AbortSignal,
): Promise<Outcome> {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(chart)) return succeeded(undefined);
  const tree = await LayeredTree.read(layers, signal);
  const found = tree.find(chart);
  if (found.status === 'outside') return failed(leadsOut(field, chart));
  const link = found.status === 'folder' ? tree.firstOutside(found.path) : undefined;
  return link === undefined ? succeeded(undefined) : failed(leadsOut(field, link));
}

function leadsOut(field: string, path: string): Failure {
  return { code: 'file-missing', field, path, detail: 'it leads out of the workspace' };
}
