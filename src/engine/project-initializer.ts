/**
 * Makes a configuration for a project that has none. Commands meet it here. Every path is relative to the project's folder, with `/`;
 * the folder itself is `.`.
 */
import type { Diagnostic } from '../model/diagnostic.ts';

export interface InitRequest {
  /** The project. Absolute. */
  readonly folder: string;
  /** The file to write. Absolute. It is not read. */
  readonly file: string;
  /** `--artifact`: exactly these artifacts. Empty: those that are found. */
  readonly artifacts: readonly GivenArtifact[];
  /** `--kubernetes-manifest`: paths and patterns, which need not exist. Empty: the manifests that are found. */
  readonly manifests: readonly string[];
  /** `--default-kustomization`. */
  readonly kustomization?: string;
  /** `--compose-file`: its services with `build` become artifacts. */
  readonly composeFile?: string;
  readonly skipBuild: boolean;
  readonly generateManifests: boolean;
  readonly jib: boolean;
  readonly ko: boolean;
  /** The image of the buildpacks builder. Absent: no buildpacks. */
  readonly buildpacks?: string;
}

/** One `--artifact`. */
export interface GivenArtifact {
  readonly builder: ProjectBuilder['type'];
  readonly image: string;
  /** The Dockerfile, `pom.xml`, `build.gradle`, `go.mod` or project file. */
  readonly path: string;
  readonly context?: string;
  /** Of Jib: the module. */
  readonly project?: string;
  /** Whether to make manifests for the image. Absent: `--generate-manifests` decides. */
  readonly manifest?: { readonly generate: boolean; readonly port?: number };
}

/** Something that can build an image. */
export type ProjectBuilder = DockerProject | JibProject | KoProject | BuildpacksProject;

interface AnyProject {
  /** The file that was found. */
  readonly path: string;
  readonly context: string;
  /** Why the context is not the folder of the file. */
  readonly contextReason?: string;
  /** The image that the project itself names. */
  readonly image?: string;
  /** Where that name stands. */
  readonly imageFrom?: string;
  /** Names that an image of it may have, the best one first. */
  readonly names: readonly string[];
  /** The TCP ports that the container listens on. */
  readonly ports: readonly number[];
  /** The flag that asked for it: it becomes an artifact even if no manifest runs its image. */
  readonly asked?: '--artifact' | '--compose-file';
  /** Whether to make manifests for it. Absent: `--generate-manifests` decides. */
  readonly manifest?: boolean;
}

export interface DockerProject extends AnyProject {
  readonly type: 'docker';
  /** Whether the name says that another Dockerfile of the folder is the main one: `Dockerfile.dev`. */
  readonly isVariant: boolean;
  readonly target?: string;
  readonly args?: Readonly<Record<string, string | null>>;
  /** Build arguments that are the whole base image of a stage: `ARG BASE=shop/base` and `FROM $BASE`. */
  readonly baseArguments: readonly { readonly name: string; readonly image: string }[];
}

export interface JibProject extends AnyProject {
  readonly type: 'jib';
  readonly tool: 'maven' | 'gradle';
  readonly project?: string;
}

export interface KoProject extends AnyProject {
  readonly type: 'ko';
  /** The main package, relative to the context: `./cmd/server`. */
  readonly main: string;
}

export interface BuildpacksProject extends AnyProject {
  readonly type: 'buildpacks';
  /** The image of the builder. */
  readonly builder: string;
}

/** An image that manifests or charts run. */
export interface ProjectImage {
  /** Without tag and digest. */
  readonly name: string;
  /** As written. */
  readonly written: string;
  /** `FILE:LINE:COLUMN` of its first use. */
  readonly at: string;
  /** Whether it has a digest, or a tag that is not `latest`. Such images are often those of others. */
  readonly pinned: boolean;
}

/** Something that stays out of the configuration. */
export interface LeftOut {
  /** A path or an image. */
  readonly what: string;
  readonly why: string;
  /** What to do if it belongs in. */
  readonly help?: string;
}

/** What a project has. */
export interface ProjectFindings {
  readonly builders: readonly ProjectBuilder[];
  readonly images: readonly ProjectImage[];
  /** Files of Kubernetes manifests that no kustomization has. */
  readonly manifests: readonly string[];
  /** Folders of kustomizations that no other one uses. */
  readonly kustomizations: readonly string[];
  /** Folders that a builder other than those of the request would find. */
  readonly others: readonly { readonly path: string; readonly flag: string }[];
  readonly charts: readonly { readonly path: string; readonly name: string }[];
  /** Files that exist, so that none is written over. */
  readonly taken: ReadonlySet<string>;
  readonly leftOut: readonly LeftOut[];
  /** What is wrong with the request. */
  readonly mistakes: readonly InitMistake[];
}

export interface InitMistake {
  readonly message: string;
  readonly help: string;
}

/** What only a person can decide. */
export type InitQuestion =
  | {
      readonly kind: 'builder';
      readonly image: ProjectImage;
      /** The builders that may build it, the likeliest first. `null` is an answer too: none of them. */
      readonly candidates: readonly ProjectBuilder[];
      readonly why: string;
      /** Whether the image is just not built without an answer. Others of the project are. */
      readonly isOptional: boolean;
    }
  | { readonly kind: 'kustomization'; readonly candidates: readonly string[] };

export interface InitAnswers {
  /** By image. */
  readonly builders: ReadonlyMap<string, ProjectBuilder | null>;
  readonly kustomization?: string;
}

/** An image, what builds it, and why these two belong together. */
export interface PlannedArtifact {
  readonly image: string;
  readonly builder: ProjectBuilder;
  readonly why: string;
  /** Other artifacts that it is built from, each with the build argument that gets its image. Absent: none. */
  readonly requires?: readonly { readonly image: string; readonly alias: string }[];
}

export interface InitProposal {
  readonly artifacts: readonly PlannedArtifact[];
  /** Images that no artifact builds. */
  readonly unmatched: readonly ProjectImage[];
  /** Decisions that are missing. The configuration leaves out what they are about. */
  readonly questions: readonly InitQuestion[];
  readonly leftOut: readonly LeftOut[];
  /** Why nothing can be written. */
  readonly mistakes: readonly InitMistake[];
  /** The text of the configuration. */
  readonly yaml: string;
  /** Further files to write: manifests. */
  readonly files: readonly { readonly path: string; readonly text: string }[];
  /** What is wrong with the configuration. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface ProjectInitializer {
  /** Looks at the files of a project. Runs nothing of it. Throws `FileError` if the folder cannot be read. */
  inspect(request: InitRequest, signal: AbortSignal): Promise<ProjectFindings>;
  /** Makes the configuration and checks it. Writes nothing. */
  propose(request: InitRequest, findings: ProjectFindings, answers: InitAnswers): Promise<InitProposal>;
}
