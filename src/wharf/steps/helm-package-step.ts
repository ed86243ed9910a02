import { succeeded } from '../../model/outcome.ts';
import type { HelmPackageStepSpec } from '../specs/specs.ts';
import { checkChartPath } from './check-chart-path.ts';
import { chartLogin } from './chart-login.ts';
import { plainHttp } from './helm-step.ts';
import { isLoopback } from '../../steps/workload/is-loopback.ts';
import { shellWord } from '../../util/shell-word.ts';
import type { WorkloadKind } from '../../steps/workload/step-workload.ts';

/** `helm-package`: a chart is packed, and pushed to where charts are kept (docs/design/wharf.md, "Step types"). */
export const helmPackageWorkload: WorkloadKind<HelmPackageStepSpec> = async ({ spec }, context, work) => {
  const login = chartLogin(spec, context);
  if (login.status !== 'succeeded') return login;
  const inside = await checkChartPath(spec.chartPath, 'chart-path', context.workspace, work.signal);
  if (inside.status !== 'succeeded') return inside;
  return succeeded({
    image: context.provisions.image('helm'),
    tool: 'helm',
    // Where the packed chart goes: beside the workspace, where an older one that lies about cannot be pushed by
    // mistake.
    command: ['/bin/sh', '-e', { volume: 'script', path: 'step' }, { volume: 'script', path: 'packed' }],
    env: { ...spec.env, ...login.value.env },
    files: [{ name: 'step', text: helmPackageScript(spec), executable: true }, ...login.value.files],
    ...(isLoopback(spec.destination) && { network: 'engine' }),
    ...(spec.memoryBytes !== undefined && { memoryBytes: spec.memoryBytes }),
  });
};

/** A script for `sh -e`; its first argument is the folder that the packed chart is put into. */
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
    `command -v helm > /dev/null || { echo 'helm is not there: install it, or let the step run in its image' >&2; exit 127; }`,
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
 * Registries are `oci://`, also where no scheme is written. Anything over HTTP is a ChartMuseum, as in upstream's days,
 * which takes a plugin by now: Helm has kept the word `push` for itself since 3.7.
 */
function pushCommand(destination: string): { readonly before: readonly string[]; readonly after: readonly string[] } {
  if (/^https?:\/\//.test(destination)) return { before: ['helm', 'cm-push'], after: [destination] };
  const registry = destination.startsWith('oci://') ? destination : `oci://${destination}`;
  return { before: ['helm', 'push'], after: [registry, ...plainHttp(registry)] };
}
