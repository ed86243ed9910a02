import type { OperatorFile } from '../file/operator-file.ts';
import { problem } from '../problem.ts';
import type { Clock } from '../../model/clock.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { OperatorNames } from '../operator-names.ts';
import type { ClusterAccess } from '../../model/provisions.ts';
import { kubeconfigOf, openContext, type ContextAccess } from '../../clusters/access/context-access.ts';
import { secretsOfUser } from '../../clusters/access/kubeconfig.ts';
import { kubeconfigFiles, readKubeconfigs } from '../../clusters/access/read-kubeconfig.ts';
import { missingContext } from './missing-context.ts';
import type { OwnCluster } from './own-cluster.ts';
import { sentenceOf } from '../../diagnostics/sentence-of.ts';
import { addressInside } from '../../clusters/address-inside.ts';
import { tildePath } from '../../util/tilde-path.ts';

/** What is needed to find clusters. */
export interface ClusterSources {
  readonly clusters: OperatorFile['clusters'];
  /** `--kube-context`. */
  readonly kubeContext?: string;
  /**
   * The cluster that runs the steps as pods, if `--on` names one and no other runtime. A sentence if it is unavailable.
   */
  readonly own?: OwnCluster | string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly clock: Clock;
}

/**
 * Access to clusters by their name in the operator's file, or without a name to the default cluster of deploy steps.
 * Each is looked up once.
 */
export class Clusters {
  readonly #found = new Map<string | undefined, Promise<ClusterAccess | string | undefined>>();
  readonly #sources: ClusterSources;
  readonly #signal: AbortSignal;

  constructor(sources: ClusterSources, signal: AbortSignal) {
    this.#sources = sources;
    this.#signal = signal;
  }

  /** @returns a sentence if the cluster is unavailable, `undefined` if no cluster is set */
  async access(name: string | undefined): Promise<ClusterAccess | string | undefined> {
    const found = this.#found.get(name) ?? this.#look(name);
    this.#found.set(name, found);
    return await found;
  }

  async #look(name: string | undefined): Promise<ClusterAccess | string | undefined> {
    const { clusters, kubeContext, own, env, home, clock } = this.#sources;
    const called = name ?? defaultCluster;
    const entry = clusters.get(called);
    if (entry === undefined && name !== undefined) return `the operator's file maps no cluster "${name}"`;
    if (entry === undefined && kubeContext === undefined)
      return typeof own === 'object' ? await this.#given(own.access, own.connection.described) : own;
    const paths = entry?.kubeconfig === undefined ? kubeconfigFiles({ env, home }) : [entry.kubeconfig];
    const where = paths.map((path) => tildePath(path, home)).join(', ');
    const label = entry === undefined ? '' : `cluster ${called}`;
    const subject = label === '' ? where : `${label}: ${where}`;
    const files = await readKubeconfigs(paths);
    if (typeof files === 'string') return `${subject}: ${files}`;
    if (files.length === 0 && entry === undefined)
      return `--kube-context: ${subject}: the file does not exist; to use another kubeconfig, set KUBECONFIG`;
    const context = entry === undefined ? kubeContext : entry.context;
    const missing =
      files.length === 0
        ? undefined
        : missingContext(files, context, { from: label === '' ? '--kube-context' : label, files: where });
    if (missing !== undefined) return sentenceOf([missing]);
    const access = await openContext({
      files,
      ...(context !== undefined && { context }),
      ...(entry?.namespace !== undefined && { namespace: entry.namespace }),
      env,
      clock,
    });
    if (typeof access === 'string') return `${subject}: ${access}`;
    const place = `context ${access.name} of ${tildePath(access.file, home)}`;
    const given = await this.#given(access, label === '' ? place : `${label} (${place})`);
    return typeof given === 'string' ? `${subject}: context "${access.name}": ${given}` : given;
  }

  /**
   * Returns the access for a step: with a login that needs no programs or files of this machine. The login is valid
   * until it expires.
   */
  async #given(access: ContextAccess, described: string): Promise<ClusterAccess | string> {
    const user = await access.login.fields(false, this.#signal);
    if (typeof user === 'string') return user;
    const { own } = this.#sources;
    const { namespace, server } = access;
    const inside = typeof own === 'object' && own.access.server === server ? addressInside(server) : undefined;
    return {
      kubeconfig: kubeconfigOf(access, user),
      ...(inside !== undefined && { kubeconfigInside: kubeconfigOf(access, user, inside) }),
      described,
      ...(namespace !== undefined && { namespace }),
      server,
      secrets: secretsOfUser(user),
    };
  }
}

/**
 * The default cluster of deploy steps, as upstream (docs/design/wharf.md, "Step types"), if the operator's file maps
 * it.
 */
const defaultCluster = 'kubectl-config';

/**
 * Looks up every cluster of a plan's steps before anything runs. An unavailable cluster is a diagnostic, not a failed
 * step.
 */
export async function prepareClusters(
  { clusters: names, commandLineCluster }: Pick<OperatorNames, 'clusters' | 'commandLineCluster'>,
  clusters: Clusters,
): Promise<{ readonly secrets: readonly string[]; readonly diagnostics: readonly Diagnostic[] }> {
  const found = await Promise.all(
    [...names, ...(commandLineCluster ? [undefined] : [])].map(async (name) => await clusters.access(name)),
  );
  return {
    secrets: found.flatMap((access) => (typeof access === 'object' ? access.secrets : [])),
    diagnostics: found.flatMap((access) =>
      typeof access === 'string' ? [problem('W065', undefined, { detail: access })] : [],
    ),
  };
}
