import { ApiError, ClusterLost } from '../../clusters/api/api-error.ts';
import { type ApiResource, collectionPath } from '../../clusters/api/api-resource.ts';
import type { ClusterClient } from '../../clusters/api/cluster-client.ts';
import { allObjects } from '../../clusters/api/pages-of.ts';
import { remoteCommand, type PodPlace } from '../../clusters/api/remote-command.ts';
import type { Pod } from '../../clusters/pods/pod-types.ts';
import { succeeded } from '../../model/outcome.ts';
import type { ExecIo, Exit } from '../../runtime/container-io.ts';
import { cancelledOrFailed } from '../../runtime/error-outcome.ts';
import { clusterFailure } from '../cluster-failure.ts';
import { OwnerWalk, type OwnerMetadata } from '../owner-walk.ts';
import type { ContainerHook, HookContainer, HookContainers } from './container-hook.ts';
import { namePattern } from './name-pattern.ts';

const pods: ApiResource = { apiVersion: 'v1', kind: 'Pod', plural: 'pods', isNamespaced: true };

export interface ClusterHookOptions {
  readonly client: ClusterClient;
  /** Where the deploy has objects. */
  readonly namespaces: readonly string[];
  /** Reports whether an object is the deploy's own. Its pods are those that belong to such objects. */
  readonly isOurs: (metadata: OwnerMetadata) => boolean;
}

/**
 * Finds the containers of a deploy in a cluster. Skaffold takes every pod of the namespaces whose name matches. Here the pod must
 * belong to the deploy, too, so that a pattern never runs a command in the pods of others.
 */
export function clusterHookContainers({ client, namespaces, isOurs }: ClusterHookOptions): HookContainers {
  return {
    async find(hook, work) {
      const { signal, clock } = work;
      try {
        const asker = { client, clock, signal };
        const owners = new OwnerWalk(asker, { isOurs });
        const found: HookContainer[] = [];
        for (const namespace of namespaces)
          for (const pod of await allObjects<Pod>(asker, collectionPath(pods, namespace))) {
            const names = matchingContainers(pod, hook);
            if (names.length === 0 || !(await owners.belongs(pod.metadata, namespace))) continue;
            for (const container of names) {
              const place = { namespace, pod: pod.metadata.name, container };
              found.push({ ...place, exec: async (argv, io) => await execInPod(client, place, argv, io) });
            }
          }
        return succeeded(found);
      } catch (error) {
        return cancelledOrFailed(error, signal, clusterFailure);
      }
    },
  };
}

/** Returns the names of the containers of a pod that run and match a hook. */
export function matchingContainers(
  { metadata, spec, status }: Pod,
  { podName, containerName }: Pick<ContainerHook, 'podName' | 'containerName'>,
): readonly string[] {
  const [isPod, isContainer] = [namePattern(podName), namePattern(containerName)];
  if (status?.phase !== 'Running' || metadata.deletionTimestamp !== undefined || !isPod?.(metadata.name)) return [];
  const isRunning = (name: string) =>
    status.containerStatuses?.some((each) => each.name === name && each.state?.running !== undefined) === true;
  return spec.containers.map(({ name }) => name).filter((name) => isContainer?.(name) === true && isRunning(name));
}

/** What container runtimes say of a program that does not exist or cannot run. Shells report both by these exit codes. */
const ofProgram = /no such file or directory|executable file not found|permission denied/i;

/** A command may have had an effect, so it is never tried again. */
async function execInPod(client: ClusterClient, place: PodPlace, argv: readonly string[], io: ExecIo): Promise<Exit> {
  try {
    const end = await remoteCommand(client, place, argv, io);
    if ('code' in end) return end;
    await io.stderr?.(Buffer.from(`${end.refused.trim()}\n`));
    if (ofProgram.test(end.refused)) return { code: /permission denied/i.test(end.refused) ? 126 : 127 };
    return { failure: { code: 'start-failed', detail: end.refused.trim(), by: 'cluster' } };
  } catch (error) {
    io.signal.throwIfAborted();
    if (error instanceof ClusterLost)
      return {
        failure: { code: 'runtime-lost', detail: `${error.message}; the command may still run`, by: 'cluster' },
      };
    if (error instanceof ApiError && error.status === 404)
      return { failure: { code: 'workload-deleted', detail: 'the pod no longer exists', by: 'cluster' } };
    const failure = clusterFailure(error);
    if (failure === undefined) throw error;
    return { failure };
  }
}
