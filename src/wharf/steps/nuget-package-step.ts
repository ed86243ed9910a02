import { nugetTokenSecret } from '../specs/nuget-token.ts';
import { succeeded } from '../../model/outcome.ts';
import type { NugetPackageStepSpec } from '../specs/specs.ts';
import { isLoopback } from '../../steps/workload/is-loopback.ts';
import { shellWord } from '../../util/shell-word.ts';
import type { WorkloadKind } from '../../steps/workload/step-workload.ts';

/**
 * `nuget-package`: packs a .NET project and pushes its packages one by one. Untested with a real .NET SDK: the script
 * follows the documentation of `dotnet` and upstream's script.
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
 * The error of some servers for an existing package. They return status 500 instead of 409, which `--skip-duplicate`
 * does not recognize. Upstream checks for the same text.
 */
const duplicate = 'not allow overwriting packages that already exist';

/** Returns a script for `sh -e`. Its first argument is the folder for the packages. */
export function nugetPackageScript({
  version,
  projectPath,
  repo,
  skipDuplicate,
}: Pick<NugetPackageStepSpec, 'version' | 'projectPath' | 'repo' | 'skipDuplicate'>): string {
  const pack = ['dotnet', 'pack', projectPath, `-p:Version=${version}`].map(shellWord).join(' ');
  const push = ['--source', repo, ...(skipDuplicate === true ? ['--skip-duplicate'] : [])].map(shellWord).join(' ');
  return [
    `command -v dotnet > /dev/null || { echo 'dotnet not found: install the .NET SDK, or run the step in its image (--on docker)' >&2; exit 127; }`,
    `echo ${shellWord(`$ ${pack}`)}`,
    `${pack} --output "$1"`,
    // NuGet 7.6 and later reads the key from this variable. Older versions accept it only as an argument.
    'key=',
    'if [ -n "${NUGET_API_KEY-}" ]; then',
    `  set -- "$1" $(dotnet nuget --version | sed -n 's/^[^0-9]*\\([0-9][0-9]*\\)\\.\\([0-9][0-9]*\\).*/\\1 \\2/p' | tail -n 1)`,
    '  if [ "${2:-0}" -lt 7 ] || { [ "$2" -eq 7 ] && [ "${3:-0}" -lt 6 ]; }; then key=argument; fi',
    'fi',
    'for package in "$1"/*.nupkg; do',
    `  echo "$ dotnet nuget push \${package##*/}" ${shellWord(push)}`,
    '  code=0',
    `  output=$(dotnet nuget push "$package" ${push} \${key:+--api-key "$NUGET_API_KEY"} 2>&1) || code=$?`,
    `  printf '%s\\n' "$output"`,
    '  [ "$code" -eq 0 ] && continue',
    ...(skipDuplicate === true
      ? [`  case $output in *${shellWord(duplicate)}*) echo 'skipped: the package already exists'; continue ;; esac`]
      : []),
    '  exit "$code"',
    'done',
    '',
  ].join('\n');
}
