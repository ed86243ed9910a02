import { standsAlone } from '../specs/chart-reference.ts';
import { succeeded } from '../../model/outcome.ts';
import type { HelmStepSpec } from '../specs/specs.ts';
import type { Argument } from '../../runtime/runtime.ts';
import { checkChartPath } from './check-chart-path.ts';
import { chartLogin } from './chart-login.ts';
import { clusterLogin } from './cluster-login.ts';
import { isLoopback } from '../../steps/workload/is-loopback.ts';
import type { StepFile, WorkloadKind } from '../../steps/workload/step-workload.ts';
import { noteUndefined, substituteFiles } from './substitute-files.ts';

/** `helm`: installs or upgrades a release (docs/design/wharf.md, "Step types"). */
export const helmWorkload: WorkloadKind<HelmStepSpec> = async ({ spec, elsewhere }, context, work) => {
  const login = await clusterLogin(spec.cluster, spec.env, context, work);
  if (login.status !== 'succeeded') return login;
  const registry = chartLogin(spec, context);
  if (registry.status !== 'succeeded') return registry;
  const inside = await checkChartPath(spec.chart, 'chart', context.workspace, work.signal);
  if (inside.status !== 'succeeded') return inside;
  const filled = await substituteFiles(
    {
      layers: context.workspace,
      paths: spec.files,
      field: 'files',
      values: context.values,
      ...(elsewhere && { elsewhere }),
    },
    work.signal,
  );
  if (filled.status !== 'succeeded') return filled;
  noteUndefined(filled.value, work);
  const { command, files } = helmArguments(spec, (text) => context.hides(text));
  return succeeded({
    image: context.provisions.image('helm', spec.helmVersion?.replace(/^v/, '')),
    tool: 'helm',
    command,
    env: { ...spec.env, ...registry.value.env, ...login.value.env },
    files: [login.value.file, ...registry.value.files, ...files],
    overlay: [filled.value.overlay],
    ...([spec.repo, spec.chart].some(isLoopback) || login.value.loopback ? { network: 'engine' as const } : {}),
    ...(spec.memoryBytes !== undefined && { memoryBytes: spec.memoryBytes }),
  });
};

type Release = Pick<HelmStepSpec, 'chart' | 'name' | 'namespace' | 'repo' | 'set' | 'files' | 'chartVersion'>;

/**
 * Returns upstream's arguments and `set`, which upstream ignored.
 * A value with a secret goes to its own file: every user of the machine can read arguments. Helm takes a file
 * literally, while `--set` parses commas and types.
 * There is no `--create-namespace`: deployers often may not create namespaces, and Helm then fails even if the
 * namespace exists.
 */
export function helmArguments(
  { chart, name, namespace, repo, set, files, chartVersion }: Release,
  hides: (text: string) => boolean,
): { readonly command: readonly Argument[]; readonly files: readonly StepFile[] } {
  const hidden: StepFile[] = [];
  const settings = Object.entries(set).flatMap(([key, value]): readonly Argument[] => {
    if (!hides(value)) return ['--set', `${key}=${value}`];
    const file = { name: `set-${hidden.length + 1}`, text: value };
    hidden.push(file);
    return ['--set-file', { volume: 'script', path: file.name, before: `${key}=` }];
  });
  const [reference = '', ...from] = chartArguments(repo, chart);
  const command: readonly Argument[] = [
    ...['helm', 'upgrade', '--install', name, reference, ...from],
    ...['--namespace', namespace],
    ...(chartVersion === undefined || chartVersion === '' ? [] : ['--version', chartVersion]),
    ...files.flatMap((file) => ['--values', file]),
    ...settings,
    ...plainHttp(reference),
  ];
  return { command, files: hidden };
}

/** `--repo` does not accept a registry. The chart is then part of the reference. */
function chartArguments(repo: string, chart: string): readonly string[] {
  if (repo === '' || standsAlone(chart)) return [chart];
  return repo.startsWith('oci://') ? [`${repo.replace(/\/+$/, '')}/${chart}`] : [chart, '--repo', repo];
}

/** Returns the flag for plain HTTP. Registries on loopback addresses use HTTP, as engines assume too. */
export function plainHttp(reference: string): readonly string[] {
  return reference.startsWith('oci://') && isLoopback(reference) ? ['--plain-http'] : [];
}
