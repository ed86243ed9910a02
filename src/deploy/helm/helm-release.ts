/** A Helm release as data, whatever file asks for it. All Go templates are expanded already. */
export interface HelmRelease {
  readonly name: string;
  readonly chart: LocalChart | RemoteChart;
  /** A version, or a range of versions. For a chart of this machine it only has to fit. */
  readonly version?: string;
  /** Absent: the namespace of the target. */
  readonly namespace?: string;
  readonly createNamespace?: boolean;
  /** Files or URLs of values, relative to the folder of the release. Later ones win. */
  readonly valuesFiles: readonly string[];
  /** Values that win over the files, as a tree. */
  readonly overrides?: Readonly<Record<string, unknown>>;
  /** Values as `helm --set KEY=VALUE` takes them, in order. Later ones win. They win over files and overrides. */
  readonly values: readonly HelmValue[];
  /** Values that are the contents of files, as `helm --set-file KEY=PATH` takes them. */
  readonly fileValues: readonly HelmValue[];
  /** Whether Helm waits until the objects are ready. */
  readonly wait?: boolean;
  /** Whether an upgrade restarts all pods. Only Helm 3 can. */
  readonly recreatePods?: boolean;
  /** Uses the dependencies of the chart as they are. */
  readonly skipBuildDependencies?: boolean;
  /** Leaves the tests of the chart out of what is rendered. An installed release has them. */
  readonly skipTests?: boolean;
  /** Calls the plugin `helm secrets`, which decrypts files of values. */
  readonly useHelmSecrets?: boolean;
  /** Whether a change upgrades an installed release. Absent: only that of a local chart, as in Skaffold. */
  readonly upgradeOnChange?: boolean;
  /** Packages the chart first, with these versions. */
  readonly packaged?: { readonly version?: string; readonly appVersion?: string };
  /** Names of releases that are deployed first. */
  readonly dependsOn?: readonly string[];
}

/** A folder or an archive, relative to the folder of the release. */
export interface LocalChart {
  readonly path: string;
}

export interface RemoteChart {
  /** `REPOSITORY/NAME`, `NAME` with `repo`, a URL, or `oci://…`. */
  readonly remote: string;
  /** The URL of the chart's repository. */
  readonly repo?: string;
}

export interface HelmValue {
  /** A path in the values, in the grammar of `--set`: `image.tag`, `servers[0].port`, `a\.b`. */
  readonly key: string;
  readonly value: string;
}

/** More arguments for `helm`, by command. */
export interface HelmFlags {
  readonly global?: readonly string[];
  readonly install?: readonly string[];
  readonly upgrade?: readonly string[];
  readonly depBuild?: readonly string[];
  readonly template?: readonly string[];
}

/** Reports whether a change upgrades the release once it is installed. */
export function upgradesOnChange({ upgradeOnChange, chart }: HelmRelease): boolean {
  return upgradeOnChange ?? 'path' in chart;
}
