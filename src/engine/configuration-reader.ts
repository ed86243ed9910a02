/**
 * Configurations that consist of documents, profiles and modules, as `skaffold.yaml` does. Commands that only read them meet
 * them here.
 */
import type { Checked, Diagnostic } from '../model/diagnostic.ts';

/** What to read, as the command line has it. */
export interface ConfigurationRequest {
  /** A `skaffold.yaml` of any name, or a folder with one. Absolute. */
  readonly path: string;
  /** The text of the main file, if it is no file of this machine: the standard input, or from a URL. */
  readonly text?: string;
  /**
   * The folder that relative paths of the main file start at. Absolute. Absent: the folder of the file. `--filename` of Skaffold
   * leaves them at the working folder.
   */
  readonly base?: string;
  /** The command, for profiles that activate themselves: `dev`. */
  readonly command: string;
  /** `--profile` in the given order. `-NAME` switches a profile off. */
  readonly profiles: readonly string[];
  /** `--profile-auto-activation`. */
  readonly autoActivation: boolean;
  /** `--propagate-profiles`: the named profiles also apply to required configurations. */
  readonly propagateProfiles: boolean;
  /** `--module`: only these configurations and what they require. Empty: all. */
  readonly modules: readonly string[];
  /** `--kube-context`. */
  readonly kubeContext?: string;
  /** The environment, with that of `skaffold.env`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `--remote-cache-dir`: where repositories of `requires.git` are kept. Absolute. Absent: in the state folder. */
  readonly repositories?: string;
  /** `--sync-remote-cache`. */
  readonly fetch: 'always' | 'missing' | 'never';
  /**
   * Whether the configuration must be usable: fields that are missing, that exclude each other, or that have a meaningless value
   * are mistakes, and so is what a build or test would refuse. `diagnose --yaml-only` accepts all that.
   */
  readonly strict: boolean;
}

/** One document of a configuration file, with profiles and defaults applied. */
export interface MergedConfiguration {
  /** `metadata.name`. */
  readonly name?: string;
  /** Absolute. */
  readonly file: string;
  /** The version of the file: `v2beta29`. */
  readonly version: string;
  /** The names of all profiles of the document. */
  readonly profiles: readonly string[];
  readonly activeProfiles: readonly string[];
  readonly artifacts: readonly {
    readonly image: string;
    readonly builder: string;
    /** Absolute. */
    readonly context: string;
    /** The files that the image is built from: absolute and sorted. Absent: nobody asked for them, or see `unlisted`. */
    readonly files?: readonly string[];
    /** Why the files are not known without running something. */
    readonly unlisted?: string;
  }[];
  /** What manifests are made from: `rawYaml`, `helm`. */
  readonly manifests: readonly string[];
  readonly deployers: readonly string[];
  /** What builds, tests and deployments of it run on this machine. */
  readonly commands: readonly HostCommand[];
  /** The newest version, which the value has. */
  readonly newest: string;
  /** The whole document in the newest version, as plain data. Paths are absolute. */
  readonly value: unknown;
}

/** A command that runs as the user, on this machine. */
export interface HostCommand {
  /** Where the configuration has it: `build.artifacts[0].hooks.before[0]`. */
  readonly field: string;
  /** A line for the shell, or a program and its arguments, as it is written. */
  readonly command: string;
}

export interface MergedConfigurations {
  /**
   * A required configuration stands before those that require it. Empty if the files cannot be merged. Mistakes that only builds
   * and tests would meet leave it.
   */
  readonly configurations: readonly MergedConfiguration[];
  /** The configurations as YAML. */
  readonly yaml: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** A configuration file in the newest version. */
export interface UpgradedFile {
  /** Absolute. */
  readonly file: string;
  readonly yaml: string;
  /** The versions of its documents. */
  readonly from: readonly string[];
  /** The newest version. */
  readonly to: string;
}

/** Names that the command line can have. */
export interface ConfigurationNames {
  readonly profiles: readonly string[];
  /** The `metadata.name` of each configuration. */
  readonly modules: readonly string[];
  /** The custom actions that apply without profiles. */
  readonly actions: readonly string[];
}

export interface ConfigurationReader {
  /**
   * Returns the environment with the variables of `skaffold.env` in a folder, which do not replace others.
   * @param folder the working folder. Absolute
   */
  environment(folder: string): Promise<Checked<ConfigurationRequest['env']>>;
  /**
   * Reads a file and all that it requires, and reports every mistake. Git repositories that it requires are fetched.
   * @param wanted `files`: the files of artifacts, for a request that is `strict`
   */
  merged(request: ConfigurationRequest, wanted?: { readonly files: boolean }): Promise<MergedConfigurations>;
  /** Returns the names in a file and in the files of this machine that it requires. Fetches and runs nothing. */
  names(path: string): Promise<ConfigurationNames>;
  /** Returns the images of a file's artifacts as they are written. Reads nothing else, and reports no mistake. */
  images(path: string): Promise<readonly string[]>;
  /** Upgrades one file. Comments stay. @param text its text, if it is no file of this machine */
  upgraded(path: string, text?: string): Promise<Checked<UpgradedFile>>;
  /** Fetches the text of a file by HTTP or HTTPS. */
  fetched(url: URL): Promise<Checked<string>>;
}
