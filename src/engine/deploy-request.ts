import type { PortForwardClass } from '../model/port-forward-class.ts';
import type { GivenImage } from '../model/given-image.ts';

/** What to render, deploy or remove of a `skaffold.yaml`, as the command line has it. */
export interface DeployRequest {
  /** `render`: manifests are made and written. `delete`: what was deployed is removed, and nothing is built or rendered. */
  readonly action: 'render' | 'deploy' | 'delete';
  /** Whether artifacts are built. Otherwise their images exist: `images`, `--tag`, or `digestSource`. */
  readonly build: boolean;
  /** `--build-artifacts` and `--images`: these are deployed instead of built ones. */
  readonly images: readonly GivenImage[];
  /** `--digest-source`. Absent: what the command does by default. */
  readonly digestSource?: DigestSource;
  /** `--on`: where to deploy. Absent: as the configuration says. */
  readonly on?: readonly string[];
  /** `--namespace`: of objects that name none. */
  readonly namespace?: string;
  /** `--label`: labels that every object gets. */
  readonly labels: Readonly<Record<string, string>>;
  /** `--set` and `--set-value-file`: values for fields that manifests mark, and for charts. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** `--resource-selector-rules-file`. These rules win over those of the configurations. */
  readonly selectedFields?: SelectedFields;
  /** `--status-check`. Absent: as the configuration says. */
  readonly statusCheck?: boolean;
  /** `--iterative-status-check`: after each deployer. Otherwise once, after all of them. */
  readonly iterativeStatusCheck: boolean;
  /** `--tolerate-failures-until-deadline`. Absent: as the configuration says. */
  readonly tolerateFailures?: boolean;
  /** `--force`: takes over fields of other managers, and creates objects again that cannot be changed. */
  readonly force: boolean;
  /** `--enable-platform-node-affinity`: pods run only on nodes of a platform that their images were asked to have. */
  readonly nodeAffinity: boolean;
  /** `--allow-empty`: a render that makes no objects is applied, too. */
  readonly allowEmpty: boolean;
  /** `--tail`: the run goes on and shows the output of what it deployed, until the user stops it. */
  readonly tail?: boolean;
  /** `--port-forward`: the run goes on and forwards these ports to this machine, until the user stops it. */
  readonly portForward?: readonly PortForwardClass[];
  /** `--load-images`: into a cluster of this machine, instead of pushing. Absent: as the cluster is. */
  readonly loadImages?: boolean;
  /** `--cleanup`: at its end, however it ends, the run removes what it deployed. */
  readonly cleanup?: boolean;
  /** `render --output`: the file that gets the manifests. Absolute. */
  readonly output?: string;
  /** How that file is written. Default: `yaml`. */
  readonly format?: 'yaml' | 'json';
  /** `apply`: files of manifests, which are applied as they are instead of those of the configuration. Absolute. */
  readonly manifests?: readonly string[];
}

/** Which fields of which kinds a render fills in, as `resourceSelector` of a `skaffold.yaml`. */
export interface SelectedFields {
  readonly allow: readonly SelectedField[];
  readonly deny: readonly SelectedField[];
}

export interface SelectedField {
  /** `Deployment.apps`, `Service`. */
  readonly groupKind: string;
  /** Paths, such as `.spec.image`. */
  readonly image: readonly string[];
  readonly labels: readonly string[];
  readonly podSpec: readonly string[];
}

/**
 * Where the digests of images come from. `local`: artifacts are built. `remote`: the registry, by tag. `tag`: there is none, the tag
 * counts. `none`: images stay as the manifests have them.
 */
export type DigestSource = 'local' | 'remote' | 'tag' | 'none';
