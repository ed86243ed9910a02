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

/** `helm`: a release is installed, or upgraded if it is there (docs/design/wharf.md, "Step types"). */
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
 * Upstream's arguments, and `set`, which it lost. A value with a secret in it is in a file of its own, since arguments
 * can be read by everybody on the machine; it is then taken as it is, where `--set` would look for commas and types in
 * it. No `--create-namespace`: whoever may deploy into a namespace often may not make one, and Helm then fails even if
 * it is there.
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

/** In a registry the chart is a part of the reference: `--repo` does not take one. */
function chartArguments(repo: string, chart: string): readonly string[] {
  if (repo === '' || standsAlone(chart)) return [chart];
  return repo.startsWith('oci://') ? [`${repo.replace(/\/+$/, '')}/${chart}`] : [chart, '--repo', repo];
}

/** Registries on this very machine speak plain HTTP, as engines take for granted too; Helm has to be told. */
export function plainHttp(reference: string): readonly string[] {
  return reference.startsWith('oci://') && isLoopback(reference) ? ['--plain-http'] : [];
}
