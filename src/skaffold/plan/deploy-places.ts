import type { Report } from '../../diagnostics/problem.ts';
import { entryOf, itemsOf, textAt, valueAt } from '../../diagnostics/yaml/edit.ts';
import type { DeployRequest } from '../../engine/deploy-request.ts';
import { clusterNameIn, meansCluster } from '../../model/cluster-word.ts';
import type { WantedPlace } from '../../model/wanted-place.ts';
import type { Configuration } from '../config/configuration.ts';
import { problem } from '../problem.ts';
import type { DeployerKind } from './deploy-spec.ts';
import type { ConfigurationDeployment } from './read-deployments.ts';

/** Where a deploy goes. */
export interface DeployPlace {
  readonly deployer: DeployerKind;
  /** Absent: where steps run. */
  readonly place?: WantedPlace;
}

/** What decides which cluster a deploy goes to. */
export interface ClusterFacts {
  /** `--kube-context`. */
  readonly flag?: string;
  /** The current context of the kubeconfig. */
  readonly current?: string;
  /** The contexts of the kubeconfig. Absent: nobody has looked. */
  readonly known?: readonly string[];
  /** The names of clusters in the operator's file. */
  readonly operator: readonly string[];
}

/**
 * Returns where a deploy goes: what `--on` says, else an engine if every configuration has `deploy.docker` only, else a cluster. That
 * is the one of `--kube-context`, or the operator's cluster of the name that `deploy.kubeContext` has, or what `--on kubernetes` means. A file
 * of the repository cannot choose the cluster, so any other `deploy.kubeContext` is reported (docs/design/product.md, "Who decides what"),
 * unless the command line chooses one, as in Skaffold.
 */
export function deployPlace(
  configurations: readonly Configuration[],
  deployments: readonly ConfigurationDeployment[],
  { on, namespace, action }: Pick<DeployRequest, 'on' | 'namespace' | 'action'>,
  { flag, current, known, operator }: ClusterFacts,
  report: Report,
): DeployPlace {
  const isLocal = deployments.length > 0 && deployments.every(({ onlyDocker }) => onlyDocker);
  const words = on ?? (isLocal ? ['docker'] : ['kubernetes']);
  if (!words.some(meansCluster)) return { deployer: 'docker', place: { on: words } };
  if (action !== 'render' && flag !== undefined && known?.includes(flag) === false)
    report(problem('S096', undefined, { name: flag, known }));
  const isChosen = flag !== undefined || words.some((word) => clusterNameIn(word) !== undefined);
  const named = configurations.flatMap(({ document }) => {
    const node = valueAt(document, 'deploy', 'kubeContext');
    const context = node && textAt(node);
    return !isChosen && node && context && context !== current ? [{ node, context }] : [];
  });
  const [first] = named;
  const isOperators =
    first !== undefined &&
    on === undefined &&
    operator.includes(first.context) &&
    named.every(({ context }) => context === first.context);
  if (!isOperators && action !== 'render')
    for (const { node, context } of named) report(problem('S090', node.at, { configured: context, current }));
  if (action !== 'render') reportUnusedImages(configurations, report);
  return {
    deployer: 'kubectl',
    place: {
      on: isOperators ? [`kubernetes:${first.context}`] : words,
      ...(flag !== undefined && { kubeContext: flag }),
      ...(namespace !== undefined && { namespace }),
    },
  };
}

/** Skaffold runs images of `deploy.docker` on its engine also beside a deploy to a cluster. */
function reportUnusedImages(configurations: readonly Configuration[], report: Report): void {
  for (const { document } of configurations) {
    const images = entryOf(valueAt(document, 'deploy', 'docker'), 'images');
    const why = 'a cluster gets manifests only; `--on docker` runs the images on an engine';
    if (images && itemsOf(images.value).length > 0)
      report(problem('S095', images.keyAt, { field: 'deploy.docker.images', why }));
  }
}
