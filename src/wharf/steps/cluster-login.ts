import { failed, succeeded, type Outcome } from '../../model/outcome.ts';
import type { Argument } from '../../runtime/runtime.ts';
import { isLoopback } from '../../steps/workload/is-loopback.ts';
import type { StepWork } from '../../steps/step-runner.ts';
import type { StepFile, WorkloadKindContext } from '../../steps/workload/step-workload.ts';

/** What lets a tool reach the cluster that a step deploys to, and no other. */
export interface ClusterLogin {
  readonly file: StepFile;
  readonly env: Readonly<Record<string, Argument>>;
  /** Whether its server has an address of this machine only. */
  readonly loopback: boolean;
}

const fileName = 'kubeconfig';

/**
 * The kubeconfig of a step's cluster as a file beside the workspace; says which one that is.
 * @param env what the step's own `env` would add, which must not lead elsewhere
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
      detail: `\`env\` of a step that deploys cannot set ${refused}: what it is logged in with is the operator's to say`,
    });
  const access = await provisions.cluster(cluster);
  if (access === undefined)
    return failed({
      code: 'unsupported',
      detail:
        "nobody says which cluster this goes to: name one with --kube-context, or map it in `clusters` of the operator's file",
    });
  const inside = inPod ? access.kubeconfigInside : undefined;
  const loopback = inside === undefined && isLoopback(access.server);
  if (inPod && loopback)
    return failed({
      code: 'unsupported',
      detail: `${access.described} is at ${access.server}, an address of this machine that no pod reaches: let the step run here (--on docker), or name a cluster by an address that others know`,
    });
  work.output.observe({ type: 'noted', level: 'info', message: `deploys to ${access.described}` });
  return succeeded({
    file: { name: fileName, text: inside ?? access.kubeconfig },
    env: { KUBECONFIG: { volume: 'script', path: fileName } },
    loopback,
  });
}

/**
 * Variables by which a file of the repository could send the operator's credentials to a server of its own choice, or
 * have a program of its own run beside them (docs/design/product.md, "Who decides what"): also a server that passes for
 * another by certificates of the file's choice, and the editor of `kubectl edit`.
 */
export function isForbiddenVariable(variable: string): boolean {
  return (
    /^(?:KUBE|HELM_KUBE|HELM_(?:PLUGINS|DATA_HOME|CONFIG_HOME|CACHE_HOME|REGISTRY_CONFIG|REPOSITORY_)|XDG_|SSL_CERT_|LD_|DYLD_)/.test(
      variable,
    ) || ['PATH', 'HOME', 'EDITOR'].includes(variable)
  );
}
