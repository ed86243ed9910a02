/** Configurations of `skaffold.yaml` files in memory, with all that reading them finds and asks for. */
import type { ConfigurationRequest } from '../../src/engine/configuration-reader.ts';
import type {
  Configuration,
  ConfigurationSurroundings,
  GitModule,
  KubeDefaults,
} from '../../src/skaffold/config/configuration.ts';
import { readConfigurations } from '../../src/skaffold/config/read-configurations.ts';
import { newestVersion } from '../../src/skaffold/schema/newest-types.ts';
import { memoryFiles } from './memory-pipeline.ts';

/** The first two lines of a document of the newest version. */
export const head = `apiVersion: skaffold/${newestVersion}\nkind: Config\n`;

/** Returns a document with a name. `more` begins at line 4. */
export const named = (name: string, more = '') => `${head}metadata: {name: ${name}}\n${more}`;
export const artifact = (image: string) => `build: {artifacts: [{image: ${image}}]}\n`;
export const profiles = (...names: readonly string[]) =>
  `profiles:\n${names.map((name) => `- {name: ${name}, build: {insecureRegistries: [${name}]}}\n`).join('')}`;

interface Around {
  readonly kube?: KubeDefaults;
  readonly git?: Readonly<Record<string, string>>;
}

export interface ReadFiles {
  readonly configurations: readonly Configuration[];
  /** Code, file, line, column and message of each diagnostic. */
  readonly found: readonly (readonly unknown[])[];
  /** The calls to Git and to the kubeconfig. */
  readonly calls: readonly unknown[];
}

/**
 * Reads files by their absolute paths, or the text of `/p/skaffold.yaml`.
 * @param git the folders of repositories
 */
export async function readFiles(
  files: Readonly<Record<string, string>> | string,
  request: Partial<ConfigurationRequest> = {},
  { kube = {}, git = {} }: Around = {},
): Promise<ReadFiles> {
  const calls: unknown[] = [];
  const around: ConfigurationSurroundings = {
    files: memoryFiles(typeof files === 'string' ? { '/p/skaffold.yaml': files } : files),
    home: '/home/me',
    kube: async (wanted) => {
      calls.push(wanted === undefined ? 'kube' : `kube ${wanted}`);
      return await Promise.resolve(wanted === undefined ? kube : { context: wanted });
    },
    repositories: {
      git: async (module: GitModule) => {
        calls.push(module);
        const folder = git[module.repo];
        return await Promise.resolve(folder === undefined ? { why: 'git: no such repository' } : { folder });
      },
    },
    random: () => 'random',
  };
  const { configurations, diagnostics } = await readConfigurations(
    {
      ...{ path: '/p', command: 'dev', profiles: [], autoActivation: true, propagateProfiles: true },
      ...{ modules: [], env: {}, fetch: 'missing', strict: false, ...request },
    },
    around,
  );
  const found = diagnostics.map(({ code, message, place }) => [code, place?.file, place?.line, place?.column, message]);
  return { configurations, found, calls };
}

/** Returns the names with the active profiles of what was read. */
export const summary = ({ configurations }: ReadFiles) =>
  configurations.map(({ name, activeProfiles }) => [name ?? '', ...activeProfiles].join(' '));
