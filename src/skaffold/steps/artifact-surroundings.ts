import type { Clock } from '../../model/clock.ts';

/** What builds depend on outside of their artifact and run. */
export interface ArtifactSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** The folder of caches that builds share. Absolute. */
  readonly caches: string;
  readonly clock: Clock;
  /** The platform of this machine: `linux/amd64`. */
  readonly machine: string;
}
