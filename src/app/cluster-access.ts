import { readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { parse } from 'yaml';
import type { OperatorFile } from '../config/operator/operator-file.ts';
import { problem } from '../diagnostics/problem.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { OperatorNames } from '../plan/check-names.ts';
import type { ClusterAccess } from '../steps/provisions.ts';
import { askForCredential } from '../runtime/kubernetes/access/exec-credential.ts';
import { embedded, filesOf, kubeconfigText, mergeKubeconfigs, pickContext, secretsOfUser, textAt, type Entry, type Fields, type KubeconfigFile, type PickedContext } from '../runtime/kubernetes/access/kubeconfig.ts';

/** Where clusters are known from. */
export interface ClusterSources {
  readonly clusters: OperatorFile['clusters'];
  /** `--kube-context`. */
  readonly kubeContext?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

/** Ways into clusters, each looked for once; by the operator's name for it, or by none for the cluster of steps that name none. */
export class Clusters {
  readonly #found = new Map<string | undefined, Promise<ClusterAccess | string | undefined>>();

  constructor(
    private readonly sources: ClusterSources,
    private readonly signal: AbortSignal,
  ) {}

  /** @returns a sentence where a cluster is named and cannot be had; `undefined` where nobody names any */
  async access(name: string | undefined): Promise<ClusterAccess | string | undefined> {
    const found = this.#found.get(name) ?? this.#look(name);
    this.#found.set(name, found);
    return await found;
  }

  async #look(name: string | undefined): Promise<ClusterAccess | string | undefined> {
    const { clusters, kubeContext, home } = this.sources;
    const called = name ?? defaultCluster;
    const entry = clusters.get(called);
    if (entry === undefined && name !== undefined) return `the operator's file maps no cluster "${name}"`;
    if (entry === undefined && kubeContext === undefined) return undefined;
    const files = entry?.kubeconfig === undefined ? kubeconfigFiles(this.sources) : [entry.kubeconfig];
    const read = await readKubeconfigs(files, entry?.kubeconfig !== undefined);
    const where = files.map((file) => shortened(file, home)).join(delimiter);
    const label = entry === undefined ? '' : `cluster ${called}`;
    const subject = label === '' ? where : `${label}: ${where}`;
    if (typeof read === 'string') return `${subject}: ${read}`;
    const context = pickContext(mergeKubeconfigs(read), entry === undefined ? kubeContext : entry.context);
    if (typeof context === 'string') return `${subject}: ${context}`;
    const complete = await completed(context, this.sources.env, this.signal);
    if (typeof complete === 'string') return `${subject}: context "${context.name}": ${complete}`;
    const namespace = entry?.namespace ?? context.namespace;
    const place = `context ${context.name} of ${shortened(context.file, home)}`;
    return {
      kubeconfig: kubeconfigText({ name: context.name, namespace, ...complete }),
      described: label === '' ? place : `${label} (${place})`,
      ...(namespace !== undefined && { namespace }),
      server: textAt(complete.cluster, 'server') ?? '',
      secrets: secretsOfUser(complete.user),
    };
  }
}

/** What steps that name no cluster go to, as upstream had it (wharf.md 1.5), where the operator maps it. */
const defaultCluster = 'kubectl-config';

/** What `kubectl` would read (kubernetes.io, "The KUBECONFIG environment variable"). */
export function kubeconfigFiles({ env, home }: Pick<ClusterSources, 'env' | 'home'>): readonly string[] {
  const listed = (env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  return listed.length === 0 ? [join(home, '.kube', 'config')] : [...new Set(listed)];
}

/** @param each whether every file has to be there, where of a list those that are not are passed over */
async function readKubeconfigs(files: readonly string[], each: boolean): Promise<readonly KubeconfigFile[] | string> {
  const read: KubeconfigFile[] = [];
  for (const path of files) {
    try {
      read.push({ path, content: parse(await readFile(path, 'utf8')) as unknown });
    } catch (error) {
      const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      if (!missing) return messageOf(error);
      if (each) return 'there is no such file';
    }
  }
  return read.length === 0 ? 'there is no such file' : read;
}

async function completed({ cluster, user }: PickedContext, env: ClusterSources['env'], signal: AbortSignal): Promise<{ readonly cluster: Fields; readonly user: Fields } | string> {
  const wholeCluster = await complete(cluster);
  if (typeof wholeCluster === 'string') return wholeCluster;
  if (user === undefined) return { cluster: wholeCluster, user: {} };
  if (user.fields['auth-provider'] !== undefined) return 'its user logs in by an `auth-provider`, which kubectl no longer knows either: use an `exec` plugin';
  const wholeUser = await complete(user);
  if (typeof wholeUser === 'string' || user.fields['exec'] === undefined) return typeof wholeUser === 'string' ? wholeUser : { cluster: wholeCluster, user: wholeUser };
  const credential = await askForCredential({ user, cluster: wholeCluster, env }, signal);
  if (typeof credential === 'string') return credential;
  const { exec: _, ...rest } = wholeUser;
  return { cluster: wholeCluster, user: { ...rest, ...credential } };
}

async function complete(entry: Entry): Promise<Fields | string> {
  const contents = new Map<string, Uint8Array>();
  for (const path of filesOf(entry)) {
    try {
      contents.set(path, await readFile(path));
    } catch (error) {
      return messageOf(error);
    }
  }
  return embedded(entry, contents);
}

/** Gets every cluster that the steps of a plan go to, before anything runs: what cannot be had is a mistake, not a red step. */
export async function prepareClusters({ clusters: names, commandLineCluster }: Pick<OperatorNames, 'clusters' | 'commandLineCluster'>, clusters: Clusters): Promise<{ readonly secrets: readonly string[]; readonly diagnostics: readonly Diagnostic[] }> {
  const found = await Promise.all([...names, ...(commandLineCluster ? [undefined] : [])].map(async (name) => await clusters.access(name)));
  return {
    secrets: found.flatMap((access) => (typeof access === 'object' ? access.secrets : [])),
    diagnostics: found.flatMap((access) => (typeof access === 'string' ? [problem('W065', undefined, { detail: access })] : [])),
  };
}

function shortened(path: string, home: string): string {
  return path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
