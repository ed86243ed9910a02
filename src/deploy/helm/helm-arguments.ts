/** The command lines of Helm 3 and 4 (helm.sh, "Helm Commands"). Each function returns the arguments after `helm`. */
import type { HelmFlags, HelmRelease } from './helm-release.ts';

/** Major versions that are supported. */
export type HelmMajor = 3 | 4;

/** What commands about one release have in common. */
export interface HelmCall {
  readonly major: HelmMajor;
  readonly release: HelmRelease;
  readonly flags: HelmFlags;
  readonly namespace: string;
  /** The chart as an argument: an absolute path, or the name of a remote chart. */
  readonly chart: string;
  /** `valueArguments`. */
  readonly values: readonly string[];
  /** Absent: the command needs no cluster. */
  readonly kubeconfig?: string;
}

/** Renders without a cluster. The manifests go to stdout, hooks after all others. */
export function templateArguments(call: HelmCall): readonly string[] {
  const { release, flags } = call;
  return withSecrets(release, [
    'template',
    release.name,
    ...chartArguments(call),
    ...call.values,
    ...when(release.skipTests, '--skip-tests'),
    ...(flags.template ?? []),
    ...common(call),
  ]);
}

/** Renders as an installation or upgrade would, with the versions and objects of the cluster. Prints the release as JSON. */
export function dryRunArguments(call: HelmCall, installed: boolean): readonly string[] {
  return withSecrets(call.release, [
    ...upgradeCommand(call),
    ...call.values,
    '--dry-run=server',
    '--output=json',
    ...givenFlags(call, installed),
    ...common(call),
  ]);
}

/** What Helm stores with a revision. */
export interface RevisionNotes {
  /** What `helm history` shows. */
  readonly description: string;
  /** `KEY=VALUE` */
  readonly label: string;
}

export function upgradeArguments(call: HelmCall, installed: boolean, notes: RevisionNotes): readonly string[] {
  const { release, major } = call;
  return withSecrets(release, [
    ...upgradeCommand(call),
    ...call.values,
    ...when(release.wait, '--wait'),
    // Helm 4 has no such flag.
    ...when(release.recreatePods && major === 3 && installed, '--recreate-pods'),
    `--description=${notes.description}`,
    `--labels=${notes.label}`,
    ...givenFlags(call, installed),
    ...common(call),
  ]);
}

/** Prints the last revision of the release as JSON. Fails with `release: not found` if there is none. */
export function statusArguments(call: ReleaseCall): readonly string[] {
  return ['status', call.release.name, '--output=json', ...common(call)];
}

/** Prints a list as JSON: the release if its last revision has a label, and otherwise nothing. */
export function ownedListArguments(call: ReleaseCall, label: string, major: HelmMajor): readonly string[] {
  const { name } = call.release;
  return [
    ...['list', `--filter=^${name.replaceAll('.', '\\.')}$`, `--selector=${label}`, '--output=json'],
    // Helm 4 lists releases of every status.
    ...when(major === 3, '--all'),
    ...common(call),
  ];
}

/** Ends when the objects are gone. */
export function uninstallArguments(call: ReleaseCall): readonly string[] {
  return ['uninstall', call.release.name, '--wait', ...common(call)];
}

/** Prints a table of the chart's dependencies and what is missing. */
export function dependencyListArguments(chart: string, flags: HelmFlags): readonly string[] {
  return ['dependency', 'list', chart, ...(flags.global ?? [])];
}

export function dependencyBuildArguments(chart: string, flags: HelmFlags): readonly string[] {
  return ['dependency', 'build', chart, ...(flags.depBuild ?? []), ...(flags.global ?? [])];
}

/** Packages a chart into an archive in a folder. */
export function packageArguments(
  chart: string,
  { version, appVersion }: NonNullable<HelmRelease['packaged']>,
  folder: string,
  flags: HelmFlags,
): readonly string[] {
  return [
    'package',
    chart,
    '--destination',
    folder,
    ...(version === undefined ? [] : ['--version', version]),
    ...(appVersion === undefined ? [] : ['--app-version', appVersion]),
    ...(flags.global ?? []),
  ];
}

/** Prints `Chart.yaml`, or all definitions in the folders `crds` of the chart and its dependencies. */
export function showArguments(what: 'chart' | 'crds', call: ChartCall): readonly string[] {
  return ['show', what, ...chartArguments(call), ...common(call)];
}

/** A command about a release that exists. */
export type ReleaseCall = Pick<HelmCall, 'release' | 'flags' | 'namespace' | 'kubeconfig'>;

/** A command about a chart. */
export type ChartCall = ReleaseCall & Pick<HelmCall, 'chart'>;

function upgradeCommand(call: HelmCall): readonly string[] {
  const { release, flags } = call;
  return [
    'upgrade',
    '--install',
    release.name,
    ...chartArguments(call),
    ...when(release.createNamespace, '--create-namespace'),
    // Without values Helm takes those of the last revision. A render has none.
    ...when(!reusesValues(flags.upgrade ?? []), '--reset-values'),
  ];
}

/** Reports whether the user asks for the values of the last revision. Such a flag has no effect beside `--reset-values`. */
function reusesValues(flags: readonly string[]): boolean {
  return flags.some((flag) => /^--(?:reuse-values|reset-then-reuse-values)(?:=true)?$/.test(flag));
}

function chartArguments({ chart, release }: ChartCall): readonly string[] {
  const repo = 'remote' in release.chart ? release.chart.repo : undefined;
  return [
    chart,
    // A package has the version that it was given.
    ...(release.version === undefined || release.packaged ? [] : ['--version', release.version]),
    ...(repo === undefined ? [] : ['--repo', repo]),
  ];
}

function givenFlags({ flags }: HelmCall, installed: boolean): readonly string[] {
  return (installed ? flags.upgrade : flags.install) ?? [];
}

function common({ namespace, kubeconfig, flags }: ReleaseCall): readonly string[] {
  return [
    '--namespace',
    namespace,
    ...(kubeconfig === undefined ? [] : ['--kubeconfig', kubeconfig]),
    // Flags of the user come last, so they win.
    ...(flags.global ?? []),
  ];
}

function withSecrets(release: HelmRelease, args: readonly string[]): readonly string[] {
  return release.useHelmSecrets === true ? ['secrets', ...args] : args;
}

function when(condition: boolean | undefined, flag: string): readonly string[] {
  return condition === true ? [flag] : [];
}
