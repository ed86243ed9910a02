import type { LocatedMap } from '../../diagnostics/yaml/located.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { SourceFiles } from '../../util/source-files.ts';

/** What configurations depend on outside of their files. */
export interface ConfigurationSurroundings {
  readonly files: SourceFiles;
  readonly home: string;
  /**
   * Returns the current context of the kubeconfig and its namespace. Called only if something asks for it.
   * @param wanted `--kube-context`, which replaces the current context
   */
  readonly kube: (wanted?: string) => Promise<KubeDefaults>;
  readonly repositories: ModuleRepositories;
  /** Returns the end of a name that must be new for each run. */
  readonly random: () => string;
}

export interface KubeDefaults {
  /** Absent: there is no kubeconfig, or it has no current context. */
  readonly context?: string;
  readonly namespace?: string;
  /** The names of all contexts of the kubeconfig. Absent: nobody has looked. */
  readonly known?: readonly string[];
}

/** Fetches configurations of other repositories. */
export interface ModuleRepositories {
  /** Returns the folder with the files of a repository at a ref, or why it cannot be fetched. */
  git(module: GitModule): Promise<{ readonly folder: string } | { readonly why: string }>;
}

/** `requires.git`. */
export interface GitModule {
  readonly repo: string;
  /** A branch, tag or commit. Absent: the default branch. */
  readonly ref?: string;
  /** Whether to fetch again what is already in the cache. Absent: as the command line says. */
  readonly sync?: boolean;
}

/** One document of a `skaffold.yaml`, with profiles and defaults applied. */
export interface Configuration {
  /** `metadata.name`. */
  readonly name?: string;
  /** Absolute. */
  readonly file: string;
  /** Which document of the file, from 0. */
  readonly index: number;
  /** The version of the file: `v2beta29`. */
  readonly version: string;
  /** The names of all its profiles. */
  readonly profiles: readonly string[];
  /** Whether another configuration requires it, from another file. */
  readonly required: boolean;
  /** In the newest version. Paths are absolute. */
  readonly document: LocatedMap;
  readonly activeProfiles: readonly string[];
}

export interface ReadConfigurations {
  /** A required configuration stands before those that require it. */
  readonly configurations: readonly Configuration[];
  readonly diagnostics: readonly Diagnostic[];
}
