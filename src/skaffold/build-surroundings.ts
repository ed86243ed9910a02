import type { Clock } from '../model/clock.ts';
import type { SkaffoldSurroundings } from './configuration-reader.ts';

/** What builds of `skaffold.yaml` depend on outside of their files. */
export interface SkaffoldBuildSurroundings extends SkaffoldSurroundings {
  readonly clock: Clock;
  /** The folder of caches that builds share. Absolute. */
  readonly caches: string;
}
