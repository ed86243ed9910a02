import { localLabels } from '../../runtime/local-deployments.ts';
import type { RunningContainers } from '../../runtime/running-container.ts';
import type { FollowedDeploy } from './followed-deploy.ts';

export interface LocalDeploy {
  readonly running: RunningContainers;
  /** What identifies the deploy on the engine. */
  readonly set: string;
  readonly beganAt?: number;
}

/** Returns the containers of a deploy to an engine. */
export function localDeploy({ running, set, beganAt }: LocalDeploy): FollowedDeploy {
  return {
    running,
    selectors: [{ labels: { [localLabels.deploy]: set } }],
    belongs: async () => await Promise.resolve(true),
    nameOf: ({ group, name }) => ({ workload: group, container: name }),
    ...(beganAt !== undefined && { beganAt }),
  };
}
