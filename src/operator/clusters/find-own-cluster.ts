import type { RunCluster } from '../../model/run-cluster.ts';
/** Opens the cluster that `--on kubernetes` means. Apart from its callers, as most runs are on none. */
import { problem } from '../../diagnostics/problem.ts';
import type { Checked, Diagnostic } from '../../model/diagnostic.ts';
import { connectionOf, openContext, type ContextAccess } from '../../clusters/access/context-access.ts';
import { accountFolder, findPodAccount, type OwnPod } from '../../clusters/access/pod-account.ts';
import { kubeconfigFiles, readKubeconfigs } from '../../clusters/access/read-kubeconfig.ts';
import { missingContext } from './missing-context.ts';
import { chooseOwnCluster, type OwnClusterChoice } from './own-cluster-choice.ts';
import type { OwnCluster, OwnClusterSources } from './own-cluster.ts';
import { tildePath } from '../../util/tilde-path.ts';

/**
 * Reads files of this machine, and asks no cluster: without a value somebody has named it wrongly, or what leads there
 * is wrong.
 */
export async function findOwnCluster(word: string, sources: OwnClusterSources): Promise<Checked<OwnCluster>> {
  const { kubeContext, again, home } = sources;
  const { value: operator, diagnostics } = await sources.operator();
  if (operator === undefined) return { diagnostics };
  const { value: choice, ...wrong } = chooseOwnCluster({ word, operator, kubeContext, again });
  if (choice === undefined) return wrong;
  const { value: found, ...unopened } = await open(choice, sources);
  if (found === undefined) return unopened;
  const { access, pod } = found;
  const context = pod === undefined ? `context ${access.name}` : 'the account of this pod';
  if (again?.server !== undefined && again.server !== access.server)
    return unreachable(choice, `${context} is ${access.server} now, and was ${again.server} when the run was begun`);
  const name = choice.from === 'kubeconfig' ? choice.name : undefined;
  const connection = connectionOf(access, name === undefined ? context : `cluster ${name} (${context})`);
  if (typeof connection === 'string')
    return unreachable(choice, `${tildePath(access.file, home)}: ${context}: ${connection}`);
  const { server, namespace } = connection;
  const place: RunCluster = {
    ...(name !== undefined && { name }),
    ...(pod === undefined && { context: access.name }),
    server,
    namespace,
  };
  return {
    value: {
      place,
      access,
      connection,
      settings: operator.kubernetes,
      ...(typeof pod === 'object' && pod.namespace === namespace && { owner: pod }),
    },
    diagnostics: [],
  };
}

interface Opened {
  readonly access: ContextAccess;
  /** Of the account that it is; absent: it is a context of a kubeconfig. */
  readonly pod?: OwnPod | 'unknown';
}

async function open(choice: OwnClusterChoice, sources: OwnClusterSources): Promise<Checked<Opened>> {
  if (choice.from === 'account') {
    const account = await openAccount(sources, choice.namespace);
    return account === undefined
      ? unreachable(choice, 'the run was begun with the account of a pod, and this is none')
      : opened(account);
  }
  const { env, home, clock } = sources;
  const { name, kubeconfig, context, namespace, anything } = choice;
  const paths = kubeconfig === undefined ? kubeconfigFiles({ env, home }) : [kubeconfig];
  const where = paths.map((path) => tildePath(path, home)).join(', ');
  const subject = name === undefined ? where : `cluster ${name}: ${where}`;
  const files = await readKubeconfigs(paths);
  if (typeof files === 'string') return unreachable(choice, `${subject}: ${files}`);
  if (files.length === 0) {
    const account = anything ? await openAccount(sources, undefined) : undefined;
    return account === undefined
      ? unreachable(choice, `${subject}: there is no such file`, kubeconfig === undefined ? elsewhere : undefined)
      : opened(account);
  }
  const missing = missingContext(files, context, { from: namerOf(choice, sources), files: where, at: choice.at });
  if (missing !== undefined) return { diagnostics: [missing] };
  const access = await openContext({
    files,
    ...(context !== undefined && { context }),
    ...(namespace !== undefined && { namespace }),
    env,
    clock,
  });
  return typeof access === 'string' ? unreachable(choice, `${subject}: ${access}`) : opened({ access });
}

const elsewhere = "KUBECONFIG says where another one is; `clusters` of the operator's file, too";

/** Who has chosen the context. */
function namerOf(
  { name, context }: OwnClusterChoice & { readonly from: 'kubeconfig' },
  { again }: OwnClusterSources,
): string {
  if (again !== undefined) return 'where the run was';
  if (name !== undefined) return `cluster ${name}`;
  return context === undefined ? '--on kubernetes' : '--kube-context';
}

function opened(value: Opened): Checked<Opened> {
  return { value, diagnostics: [] };
}

function unreachable(
  choice: OwnClusterChoice,
  detail: string,
  help?: string,
): { readonly diagnostics: readonly Diagnostic[] } {
  return {
    diagnostics: [
      problem('W065', choice.from === 'kubeconfig' ? choice.at : undefined, {
        detail,
        ...(help !== undefined && { help }),
      }),
    ],
  };
}

async function openAccount(
  { env, clock, accountFolder: folder = accountFolder }: OwnClusterSources,
  namespace: string | undefined,
): Promise<Opened | undefined> {
  const account = await findPodAccount({ env, clock, folder });
  return (
    account && {
      access: { ...account.access, ...(namespace !== undefined && { namespace }) },
      pod: account.pod ?? 'unknown',
    }
  );
}
