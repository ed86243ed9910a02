/** Opens the cluster of `--on kubernetes`. A module of its own, because most runs use no cluster. */
import type { ClusterBuilder, KubernetesSettings } from '../../model/kubernetes-settings.ts';
import type { RunCluster } from '../../model/run-cluster.ts';
import { problem } from '../problem.ts';
import type { Checked, Diagnostic } from '../../model/diagnostic.ts';
import { connectionOf, openContext, type ContextAccess } from '../../clusters/access/context-access.ts';
import { accountFolder, findPodAccount, type OwnPod } from '../../clusters/access/pod-account.ts';
import { kubeconfigFiles, readKubeconfigs } from '../../clusters/access/read-kubeconfig.ts';
import { missingContext } from './missing-context.ts';
import { chooseOwnCluster, type OwnClusterChoice } from './own-cluster-choice.ts';
import type { OwnCluster, OwnClusterSources } from './own-cluster.ts';
import { tildePath } from '../../util/tilde-path.ts';

/**
 * Finds the cluster of a word of `--on`. Reads only files of this machine and contacts no cluster. Without a `value`,
 * the name or its configuration is wrong.
 */
export async function findOwnCluster(word: string, sources: OwnClusterSources): Promise<Checked<OwnCluster>> {
  const { kubeContext, again, home } = sources;
  const { value: operator, diagnostics } = await sources.operator();
  if (operator === undefined) return { diagnostics };
  const { value: chosen, ...wrong } = chooseOwnCluster({ word, operator, kubeContext, again });
  if (chosen === undefined) return wrong;
  const wanted = again === undefined ? sources.namespace : undefined;
  const choice = wanted === undefined ? chosen : { ...chosen, namespace: wanted };
  const { value: found, ...unopened } = await open(choice, sources);
  if (found === undefined) return unopened;
  const { access, pod } = found;
  const context = pod === undefined ? `context ${access.name}` : 'the account of this pod';
  if (again?.server !== undefined && again.server !== access.server)
    return unreachable(choice, `${context} is now ${access.server}, but was ${again.server} when the run started`);
  const name = choice.from === 'kubeconfig' ? choice.name : undefined;
  const connection = connectionOf(access, name === undefined ? context : `cluster ${name} (${context})`);
  if (typeof connection === 'string')
    return unreachable(choice, `${tildePath(access.file, home)}: ${context}: ${connection}`);
  const { server, namespace } = connection;
  const builder = again?.builder ?? sources.builder;
  const place: RunCluster = {
    ...(name !== undefined && { name }),
    ...(pod === undefined && { context: access.name }),
    server,
    namespace,
    ...(builder && { builder }),
  };
  return {
    value: {
      place,
      access,
      connection,
      settings: withBuilder(operator.kubernetes, builder),
      ...(typeof pod === 'object' && pod.namespace === namespace && { owner: pod }),
    },
    diagnostics: [],
  };
}

/** The operator decides what builds images, and with which helper. */
function withBuilder(settings: KubernetesSettings, wanted: ClusterBuilder | undefined): KubernetesSettings {
  if (wanted === undefined || settings.builder !== undefined) return settings;
  const { helperImage: _, ...builder } = wanted;
  return { ...settings, builder: settings.helperImage === undefined ? wanted : builder };
}

interface Opened {
  readonly access: ContextAccess;
  /** The pod's identity. Absent: the access comes from a kubeconfig. */
  readonly pod?: OwnPod | 'unknown';
}

async function open(choice: OwnClusterChoice, sources: OwnClusterSources): Promise<Checked<Opened>> {
  if (choice.from === 'account') {
    const account = await openAccount(sources, choice.namespace);
    return account === undefined
      ? unreachable(choice, 'the run started with the service account of a pod, but this process runs in none')
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
    const account = anything ? await openAccount(sources, namespace) : undefined;
    return account === undefined
      ? unreachable(choice, `${subject}: the file does not exist`, kubeconfig === undefined ? elsewhere : undefined)
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

const elsewhere = "to use another kubeconfig, set KUBECONFIG or `clusters` of the operator's file";

/** Returns what named the context, for messages. */
function namerOf(
  { name, context }: OwnClusterChoice & { readonly from: 'kubeconfig' },
  { again }: OwnClusterSources,
): string {
  if (again !== undefined) return 'the run’s cluster';
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
