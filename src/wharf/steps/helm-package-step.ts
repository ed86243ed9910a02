import { succeeded } from '../../model/outcome.ts';
import type { HelmPackageStepSpec } from '../specs/specs.ts';
import { checkChartPath } from './check-chart-path.ts';
import { chartLogin } from './chart-login.ts';
import { plainHttp } from './helm-step.ts';
import { isLoopback } from '../../steps/workload/is-loopback.ts';
import { shellWord } from '../../util/shell-word.ts';
import type { WorkloadKind } from '../../steps/workload/step-workload.ts';

/** `helm-package`: packs a chart and pushes it (docs/design/wharf.md, "Step types"). */
export const helmPackageWorkload: WorkloadKind<HelmPackageStepSpec> = async ({ spec }, context, work) => {
  const login = chartLogin(spec, context);
  if (login.status !== 'succeeded') return login;
  const inside = await checkChartPath(spec.chartPath, 'chart-path', context.workspace, work.signal);
  if (inside.status !== 'succeeded') return inside;
  return succeeded({
    image: context.provisions.image('helm'),
    tool: 'helm',
    // Pack beside the workspace, so that an older package in the workspace is never pushed.
    command: ['/bin/sh', '-e', { volume: 'script', path: 'step' }, { volume: 'script', path: 'packed' }],
    env: { ...spec.env, ...login.value.env },
    files: [{ name: 'step', text: helmPackageScript(spec), executable: true }, ...login.value.files],
    ...(isLoopback(spec.destination) && { network: 'engine' }),
    ...(spec.memoryBytes !== undefined && { memoryBytes: spec.memoryBytes }),
  });
};

/** Returns a script for `sh -e`. Its first argument is the folder for the packed chart. */
export function helmPackageScript({
  chartPath,
  version,
  destination,
}: Pick<HelmPackageStepSpec, 'chartPath' | 'version' | 'destination'>): string {
  const pack = [
    'helm',
    'package',
    chartPath === '' ? '.' : chartPath,
    ...(version === undefined || version === '' ? [] : ['--version', version]),
  ]
    .map(shellWord)
    .join(' ');
  const push = pushCommand(destination);
  return [
    `command -v helm > /dev/null || { echo 'helm not found: install helm, or run the step in its image (--on docker)' >&2; exit 127; }`,
    `echo ${shellWord(`$ ${pack}`)}`,
    `${pack} --destination "$1"`,
    'for chart in "$1"/*.tgz; do',
    `  echo "$ ${push.before.join(' ')} \${chart##*/}" ${shellWord(push.after.join(' '))}`,
    `  ${push.before.join(' ')} "$chart" ${push.after.map(shellWord).join(' ')}`,
    'done',
    '',
  ].join('\n');
}

/**
 * Returns the command that pushes a chart. A destination without a scheme is an `oci://` registry. A destination with
 * HTTP is a ChartMuseum, as upstream had it. That needs a plugin: since version 3.7, `helm push` supports only
 * registries.
 */
function pushCommand(destination: string): { readonly before: readonly string[]; readonly after: readonly string[] } {
  if (/^https?:\/\//.test(destination)) return { before: ['helm', 'cm-push'], after: [destination] };
  const registry = destination.startsWith('oci://') ? destination : `oci://${destination}`;
  return { before: ['helm', 'push'], after: [registry, ...plainHttp(registry)] };
}
