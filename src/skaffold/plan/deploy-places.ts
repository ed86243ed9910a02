import type { Report } from '../../diagnostics/problem.ts';
import { valueAt, textAt } from '../../diagnostics/yaml/edit.ts';
import type { DeployRequest } from '../../engine/deploy-request.ts';
import { meansCluster } from '../../model/cluster-word.ts';
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
  /** The names of clusters in the operator's file. */
  readonly operator: readonly string[];
}

/**
 * Returns where a deploy goes: what `--on` says, else an engine if every configuration has `deploy.docker` only, else a cluster. That
 * is the one of `--kube-context`, or the operator's cluster of the name that `deploy.kubeContext` has, or what `--on kubernetes` means. A file
 * of the repository cannot choose the cluster, so any other `deploy.kubeContext` is reported (docs/design/product.md, "Who decides what").
 */
export function deployPlace(
  configurations: readonly Configuration[],
  deployments: readonly ConfigurationDeployment[],
  { on, namespace, action }: Pick<DeployRequest, 'on' | 'namespace' | 'action'>,
  { flag, current, operator }: ClusterFacts,
  report: Report,
): DeployPlace {
  const isLocal = deployments.length > 0 && deployments.every(({ onlyDocker }) => onlyDocker);
  const words = on ?? (isLocal ? ['docker'] : ['kubernetes']);
  if (!words.some(meansCluster)) return { deployer: 'docker', place: { on: words } };
  const named = configurations.flatMap(({ document }) => {
    const node = valueAt(document, 'deploy', 'kubeContext');
    const context = node && textAt(node);
    return node && context && context !== (flag ?? current) ? [{ node, context }] : [];
  });
  const [first] = named;
  const isOperators =
    first !== undefined &&
    on === undefined &&
    flag === undefined &&
    operator.includes(first.context) &&
    named.every(({ context }) => context === first.context);
  if (!isOperators && action !== 'render')
    for (const { node, context } of named) report(problem('S090', node.at, { configured: context, current }));
  return {
    deployer: 'kubectl',
    place: {
      on: isOperators ? [`kubernetes:${first.context}`] : words,
      ...(flag !== undefined && { kubeContext: flag }),
      ...(namespace !== undefined && { namespace }),
    },
  };
}
