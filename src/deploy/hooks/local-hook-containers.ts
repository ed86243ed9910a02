import { succeeded } from '../../model/outcome.ts';
import { cancelledOrFailed } from '../../runtime/error-outcome.ts';
import {
  localLabels,
  type ListedContainer,
  type ListedWorkload,
  type LocalDeployments,
} from '../../runtime/local-deployments.ts';
import type { RunningContainers } from '../../runtime/running-container.ts';
import { containersNow } from '../containers-now.ts';
import type { HookContainer, HookContainers } from './container-hook.ts';
import { namePattern } from './name-pattern.ts';

export interface LocalHookOptions {
  readonly engine: LocalDeployments;
  readonly running: RunningContainers;
  /** The name of the deploy. */
  readonly name: string;
}

/**
 * Finds the containers of a deploy on an engine. Patterns for names of pods match the names that a cluster would give.
 * Those are the same for all replicas, so the pod of a container that is found is its workload, as `--tail` names it.
 */
export function localHookContainers({ engine, running, name }: LocalHookOptions): HookContainers {
  return {
    async find({ podName, containerName }, work) {
      try {
        const { workloads } = await engine.list(name, work.signal);
        const [isPod, isContainer] = [namePattern(podName), namePattern(containerName)];
        const wanted = workloads.flatMap((workload) => {
          if (!podNames(workload, name).some((each) => isPod?.(each))) return [];
          return workload.containers
            .filter((container) => isHookable(container) && isContainer?.(container.name))
            .map((container) => ({ pod: workload.name, container }));
        });
        if (wanted.length === 0) return succeeded([]);
        await using known = await containersNow(running, { labels: { [localLabels.deploy]: name } }, work.signal);
        return succeeded(
          wanted.flatMap(({ pod, container }): readonly HookContainer[] => {
            const found = known.get(container.id);
            return found
              ? [{ pod, container: container.name, exec: async (argv, io) => await found.exec(argv, io) }]
              : [];
          }),
        );
      } catch (error) {
        return cancelledOrFailed(error, work.signal);
      }
    },
  };
}

function isHookable({ role, state }: ListedContainer): boolean {
  return (role === 'main' || role === 'side') && state === 'running';
}

/**
 * Returns names that the pod of a workload could have on a cluster, the plainest one first. A cluster adds one random part to the
 * name of a Job, and two to that of a Deployment, so `web-*` has to match the workload of the Deployment `web`.
 */
export function podNames(
  { name: whole, object }: Pick<ListedWorkload, 'name' | 'object'>,
  deploy: string,
): readonly string[] {
  const [, kind = '', namespace = '', own = ''] = object.split(' ');
  if (kind === 'Pod') return [own];
  if (kind !== 'StatefulSet') return [own, `${own}-0`, `${own}-0-0`];
  const name = whole.startsWith(`${deploy}-`) ? whole.slice(deploy.length + 1) : whole;
  return [name.startsWith(`${namespace}.`) ? name.slice(namespace.length + 1) : name];
}
