import type { Clock } from '../model/clock.ts';
import type { ConfigurationSurroundings } from './config/configuration.ts';

/** What `skaffold.yaml` depends on outside of its folder. */
export interface SkaffoldSurroundings extends Pick<ConfigurationSurroundings, 'files' | 'home' | 'kube'> {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder of fetched repositories. Absolute. */
  readonly repositories: string;
}

/** What builds depend on besides. */
export interface SkaffoldBuildSurroundings extends SkaffoldSurroundings {
  readonly clock: Clock;
  /** Returns the names of clusters in the operator's file. Empty if there is none, or if it is wrong. */
  readonly operatorClusters: () => Promise<readonly string[]>;
  /** The system, as Node.js names it. */
  readonly platform: string;
  /** The folder of caches that builds share. Absolute. */
  readonly caches: string;
  /** The platform of this machine, as images name it: `linux/amd64`. */
  readonly machine: string;
}
