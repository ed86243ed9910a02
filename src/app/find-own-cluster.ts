/** Opens the cluster that `--on kubernetes` means. Apart from its callers, as most runs are on none. */
import type { RunCluster } from '../events/event.ts';
import { connectionOf, openContext, type ContextAccess } from '../runtime/kubernetes/access/context-access.ts';
import { accountFolder, findPodAccount, type OwnPod } from '../runtime/kubernetes/access/pod-account.ts';
import { kubeconfigFiles, readKubeconfigs } from '../runtime/kubernetes/access/read-kubeconfig.ts';
import { chooseOwnCluster, type OwnClusterChoice } from './own-cluster-choice.ts';
import type { OwnCluster, OwnClusterSources } from './own-cluster.ts';
import { shortened } from './shortened.ts';

/** @returns a sentence where it cannot be had */
export async function findOwnCluster(word: string, sources: OwnClusterSources): Promise<OwnCluster | string> {
  const { kubeContext, again, home } = sources;
  const { value: file, diagnostics } = await sources.operator();
  if (file === undefined) return `the operator's file is wrong: ${diagnostics.find(({ severity }) => severity === 'error')?.message ?? ''}`;
  const choice = chooseOwnCluster({ word, clusters: file.clusters, kubeContext, again });
  if (typeof choice === 'string') return choice;
  const found = await open(choice, sources);
  if (typeof found === 'string') return found;
  const { access, pod } = found;
  const context = pod === undefined ? `context ${access.name}` : 'the account of this pod';
  if (again?.server !== undefined && again.server !== access.server) return `${context} is ${access.server} now, and was ${again.server} when the run was begun`;
  const name = choice.from === 'kubeconfig' ? choice.name : undefined;
  const connection = connectionOf(access, name === undefined ? context : `cluster ${name} (${context})`);
  if (typeof connection === 'string') return `${shortened(access.file, home)}: ${context}: ${connection}`;
  const { server, namespace } = connection;
  const place: RunCluster = { ...(name !== undefined && { name }), ...(pod === undefined && { context: access.name }), server, namespace };
  return { place, access, connection, settings: file.kubernetes, ...(typeof pod === 'object' && pod.namespace === namespace && { owner: pod }) };
}

interface Opened {
  readonly access: ContextAccess;
  /** Of the account that it is; absent: it is a context of a kubeconfig. */
  readonly pod?: OwnPod | 'unknown';
}

async function open(choice: OwnClusterChoice, sources: OwnClusterSources): Promise<Opened | string> {
  if (choice.from === 'account') return (await openAccount(sources, choice.namespace)) ?? 'the run was begun with the account of a pod, and this is none';
  const { env, home, clock } = sources;
  const { name, kubeconfig, context, namespace, anything } = choice;
  const paths = kubeconfig === undefined ? kubeconfigFiles({ env, home }) : [kubeconfig];
  const subject = `${name === undefined ? '' : `cluster ${name}: `}${paths.map((path) => shortened(path, home)).join(', ')}`;
  const files = await readKubeconfigs(paths);
  if (typeof files === 'string') return `${subject}: ${files}`;
  const account = anything && files.length === 0 ? await openAccount(sources, undefined) : undefined;
  if (account !== undefined) return account;
  const access = await openContext({ files, ...(context !== undefined && { context }), ...(namespace !== undefined && { namespace }), env, clock });
  return typeof access === 'string' ? `${subject}: ${access}` : { access };
}

async function openAccount({ env, clock, accountFolder: folder = accountFolder }: OwnClusterSources, namespace: string | undefined): Promise<Opened | undefined> {
  const account = await findPodAccount({ env, clock, folder });
  return account && { access: { ...account.access, ...(namespace !== undefined && { namespace }) }, pod: account.pod ?? 'unknown' };
}
