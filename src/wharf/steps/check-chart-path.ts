import { failed, succeeded, type Failure, type Outcome } from '../../model/outcome.ts';
import type { TarSource } from '../../model/tree.ts';
import { LayeredTree } from '../../steps/workload/layered-tree.ts';

/**
 * Checks that a chart and its links stay in the workspace. Helm follows links into the release or the packed chart. The
 * operator's kubeconfig and logins are beside the workspace (docs/design/product.md, "Who decides what").
 * @param chart the value that Helm gets: a path, or the name of a chart elsewhere. A folder of that name takes
 *   precedence. `''` is the workspace
 * @returns `file-missing` if the path leads outside. Helm itself reports a missing chart
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
  return { code: 'file-missing', field, path, detail: 'the path leads out of the workspace' };
}
