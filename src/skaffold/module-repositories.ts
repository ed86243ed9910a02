import type { ConfigurationRequest } from '../engine/configuration-reader.ts';
import { fetchedRepository } from '../workspace/git/fetched-repository.ts';
import type { ModuleRepositories } from './config/configuration.ts';

/** Returns the Git repositories of `requires.git`, which are fetched into a cache. @param cache absolute */
export function moduleRepositories(
  { fetch, repositories, env }: Pick<ConfigurationRequest, 'fetch' | 'repositories' | 'env'>,
  cache: string,
  signal = new AbortController().signal,
): ModuleRepositories {
  return {
    git: async ({ repo, ref, sync }) =>
      await fetchedRepository({
        repository: repo,
        ...(ref !== undefined && { ref }),
        policy: sync === undefined || fetch === 'never' ? fetch : sync ? 'always' : 'missing',
        cache: repositories ?? cache,
        environment: env,
        signal,
      }),
  };
}
