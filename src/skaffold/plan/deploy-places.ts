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

/**
 * Returns where a deploy goes: what `--on` says, else an engine if every configuration has `deploy.docker` only, else the cluster of
 * `--kube-context` or of the current context.
 */
export function deployPlace(
  deployments: readonly ConfigurationDeployment[],
  { on, namespace }: Pick<DeployRequest, 'on' | 'namespace'>,
  kubeContext: string | undefined,
): DeployPlace {
  const words =
    on ?? (deployments.length > 0 && deployments.every(({ onlyDocker }) => onlyDocker) ? ['docker'] : ['kubernetes']);
  const context = kubeContext === undefined ? {} : { kubeContext };
  if (!words.some(meansCluster)) return { deployer: 'docker', place: { on: words } };
  return { deployer: 'kubectl', place: { on: words, ...context, ...(namespace !== undefined && { namespace }) } };
}

/**
 * Reports a `deploy.kubeContext` that is not the context of the deploy: a file of the repository cannot choose the cluster
 * (docs/design/product.md, "Who decides what").
 * @param context that of `--kube-context`, else the current one
 */
export function reportOtherContext(
  configurations: readonly Configuration[],
  context: string | undefined,
  report: Report,
): void {
  for (const { document } of configurations) {
    const node = valueAt(document, 'deploy', 'kubeContext');
    const configured = node && textAt(node);
    if (node && configured && configured !== context)
      report(problem('S090', node.at, { configured, current: context }));
  }
}
