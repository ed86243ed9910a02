import { nugetTokenSecret } from '../specs/nuget-token.ts';
import { succeeded } from '../../model/outcome.ts';
import type { NugetPackageStepSpec } from '../specs/specs.ts';
import { isLoopback } from '../../steps/workload/is-loopback.ts';
import { shellWord } from '../../util/shell-word.ts';
import type { WorkloadKind } from '../../steps/workload/step-workload.ts';

/**
 * `nuget-package`: a .NET project is packed, and its packages are pushed one by one. Never run here: there is no .NET
 * SDK where this was written, so it holds to the documentation of `dotnet` and to upstream's script.
 */
export const nugetPackageWorkload: WorkloadKind<NugetPackageStepSpec> = ({ spec }, { provisions }) => {
  const token = provisions.secret(nugetTokenSecret)?.get('token');
  const { certificates } = provisions;
  const { certificatesMountPath } = spec;
  return succeeded({
    image: provisions.image('nuget'),
    tool: 'nuget',
    command: ['/bin/sh', '-e', { volume: 'script', path: 'step' }, { volume: 'script', path: 'packed' }],
    env: { ...spec.env, ...(token !== undefined && { NUGET_API_KEY: token }) },
    files: [{ name: 'step', text: nugetPackageScript(spec), executable: true }],
    ...(certificatesMountPath !== undefined &&
      certificates !== undefined && { mounts: [{ path: certificatesMountPath, content: certificates }] }),
    ...(isLoopback(spec.repo) && { network: 'engine' }),
    ...(spec.memoryBytes !== undefined && { memoryBytes: spec.memoryBytes }),
  });
};

/**
 * What some servers say of a package that they have, with status 500 instead of 409, which `--skip-duplicate` does not
 * know (upstream's find).
 */
const duplicate = 'not allow overwriting packages that already exist';

/** A script for `sh -e`; its first argument is the folder that the packages are put into. */
export function nugetPackageScript({
  version,
  projectPath,
  repo,
  skipDuplicate,
}: Pick<NugetPackageStepSpec, 'version' | 'projectPath' | 'repo' | 'skipDuplicate'>): string {
  const pack = ['dotnet', 'pack', projectPath, `-p:Version=${version}`].map(shellWord).join(' ');
  const push = ['--source', repo, ...(skipDuplicate === true ? ['--skip-duplicate'] : [])].map(shellWord).join(' ');
  return [
    `command -v dotnet > /dev/null || { echo 'dotnet is not there: install the .NET SDK, or let the step run in its image' >&2; exit 127; }`,
    `echo ${shellWord(`$ ${pack}`)}`,
    `${pack} --output "$1"`,
    // From version 7.6 on NuGet takes the key from this variable; before, it can only be an argument.
    'key=',
    'if [ -n "${NUGET_API_KEY-}" ]; then',
    `  set -- "$1" $(dotnet nuget --version | sed -n 's/^[^0-9]*\\([0-9][0-9]*\\)\\.\\([0-9][0-9]*\\).*/\\1 \\2/p' | tail -n 1)`,
    '  if [ "${2:-0}" -lt 7 ] || { [ "$2" -eq 7 ] && [ "${3:-0}" -lt 6 ]; }; then key=argument; fi',
    'fi',
    'for package in "$1"/*.nupkg; do',
    `  echo "$ dotnet nuget push \${package##*/}" ${shellWord(push)}`,
    '  said=0',
    `  output=$(dotnet nuget push "$package" ${push} \${key:+--api-key "$NUGET_API_KEY"} 2>&1) || said=$?`,
    `  printf '%s\\n' "$output"`,
    '  [ "$said" -eq 0 ] && continue',
    ...(skipDuplicate === true
      ? [`  case $output in *${shellWord(duplicate)}*) echo 'it is there already'; continue ;; esac`]
      : []),
    '  exit "$said"',
    'done',
    '',
  ].join('\n');
}
