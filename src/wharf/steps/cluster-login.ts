import { failed, succeeded, type Outcome } from '../../model/outcome.ts';
import type { Argument } from '../../runtime/runtime.ts';
import { isLoopback } from '../../steps/workload/is-loopback.ts';
import type { StepWork } from '../../steps/step-runner.ts';
import type { StepFile, WorkloadKindContext } from '../../steps/workload/step-workload.ts';

/** The credentials for the cluster that a step deploys to, and for no other. */
export interface ClusterLogin {
  readonly file: StepFile;
  readonly env: Readonly<Record<string, Argument>>;
  /** Whether the API server has a loopback address. */
  readonly loopback: boolean;
}

const fileName = 'kubeconfig';

/**
 * Returns the kubeconfig of the step's cluster as a file beside the workspace. Notes the cluster in the output.
 * @param env the step's own `env`, which must not redirect the tool
 */
export async function clusterLogin(
  cluster: string | undefined,
  env: Readonly<Record<string, string>>,
  { provisions, inPod }: WorkloadKindContext,
  work: StepWork,
): Promise<Outcome<ClusterLogin>> {
  const refused = Object.keys(env).find(isForbiddenVariable);
  if (refused !== undefined)
    return failed({
      code: 'unsupported',
      detail: `\`env\` of a deployment cannot set ${refused}: the operator's file decides how deployments log in`,
    });
  const access = await provisions.cluster(cluster);
  if (access === undefined)
    return failed({
      code: 'unsupported',
      detail: "no cluster is selected: name one with --kube-context, or map it in `clusters` of the operator's file",
    });
  const inside = inPod ? access.kubeconfigInside : undefined;
  const loopback = inside === undefined && isLoopback(access.server);
  if (inPod && loopback)
    return failed({
      code: 'unsupported',
      detail: `${access.described} is at ${access.server}, a loopback address that no pod can reach: run the step on this machine (--on docker), or use a cluster with another address`,
    });
  work.output.observe({ type: 'noted', level: 'info', message: `deploys to ${access.described}` });
  return succeeded({
    file: { name: fileName, text: inside ?? access.kubeconfig },
    env: { KUBECONFIG: { volume: 'script', path: fileName } },
    loopback,
  });
}

/**
 * Reports whether a variable could send the operator's credentials elsewhere, or run a program beside them. A
 * repository must not set such variables (docs/design/product.md, "Who decides what"). Examples: certificates that let
 * another server pass as the cluster, and the editor of `kubectl edit`.
 */
export function isForbiddenVariable(variable: string): boolean {
  return (
    /^(?:KUBE|HELM_KUBE|HELM_(?:PLUGINS|DATA_HOME|CONFIG_HOME|CACHE_HOME|REGISTRY_CONFIG|REPOSITORY_)|XDG_|SSL_CERT_|LD_|DYLD_)/.test(
      variable,
    ) || ['PATH', 'HOME', 'EDITOR'].includes(variable)
  );
}
