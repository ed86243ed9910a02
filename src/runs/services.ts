import type { ConfigurationReader } from '../engine/configuration-reader.ts';
import type { ProjectInitializer } from '../engine/project-initializer.ts';
import type { Store } from '../store/store.ts';
import type { BuildCacheService } from './build-cache.ts';
import type { Cleanup } from './cleanup/cleanup.ts';
import type { Configuration } from './configuration.ts';
import type { Inspection } from './inspection.ts';
import type { RunService } from './run-service.ts';

/**
 * The operations that commands need. Functions take the groups that they use. `app/compose.ts` makes the real ones,
 * each lazily, so that `--version` and `runs` load no engine client.
 */
export interface Services extends RunService, Configuration, Inspection, Cleanup, BuildCacheService, AsyncDisposable {
  /** The reader of `skaffold.yaml`. */
  readonly configurations: ConfigurationReader;
  /** Makes a `skaffold.yaml` for a project that has none. */
  readonly initializer: ProjectInitializer;
  /** Opens the state folder on the first call. Throws `StoreError`. */
  store(): Promise<Store>;
}
