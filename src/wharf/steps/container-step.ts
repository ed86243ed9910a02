import { failed, succeeded, type Outcome } from '../../model/outcome.ts';
import type { ContainerStepSpec } from '../specs/specs.ts';
import type { Argument } from '../../runtime/runtime.ts';
import type { StepFile, StepWorkload, WorkloadKind } from '../../steps/workload/step-workload.ts';
import { isVariableName } from '../../steps/workload/make-workload-spec.ts';
import { warned } from '../../model/warning.ts';

/** `container`: runs commands with a shell in an image. */
export const containerWorkload: WorkloadKind<ContainerStepSpec> = (
  { spec },
  { provisions },
  work,
): Outcome<StepWorkload> => {
  const { image, env, memoryBytes, secretName, serviceAccount, certificatesMountPath } = spec;
  const secret = secretName === undefined ? undefined : provisions.secret(secretName);
  if (secretName !== undefined && secret === undefined)
    return failed({ code: 'unsupported', detail: `the operator's file has no secret ${secretName}` });
  const { certificates } = provisions;
  const keys = [...(secret ?? [])];
  const unnamed = keys.filter(([key]) => !isVariableName(key)).map(([key]) => key);
  if (unnamed.length > 0)
    work.output.observe(
      warned(
        'W091',
        `secret ${secretName ?? ''}: skipped keys that are not valid variable names: ${unnamed.join(', ')}`,
      ),
    );
  return succeeded({
    image,
    command: shellCommand(spec.shell),
    // The step's own `env` takes precedence over the keys of a secret.
    env: { ...Object.fromEntries(keys.filter(([key]) => isVariableName(key))), ...env },
    files: [scriptOf(spec.commands)],
    ...(certificatesMountPath !== undefined &&
      certificates !== undefined && { mounts: [{ path: certificatesMountPath, content: certificates }] }),
    ...(memoryBytes !== undefined && { memoryBytes }),
    // A variable may set an empty name: no service account.
    ...(serviceAccount !== undefined && serviceAccount !== '' && { serviceAccount }),
  });
};

const scriptName = 'step';

/**
 * Returns the commands as one script. Upstream joined them the same way, but without `set -e` (docs/wharf-compat.md).
 */
function scriptOf(commands: readonly string[]): StepFile {
  return { name: scriptName, text: `${commands.join('\n')}\n`, executable: true };
}

const shellsWithSetE = new Set(['sh', 'ash', 'bash', 'dash', 'ksh', 'mksh', 'yash', 'zsh', 'busybox']);

/**
 * Returns the command line of the script. Shells that support it get `-e`. Any other program gets the script as its
 * only argument.
 */
export function shellCommand(shell: string): readonly Argument[] {
  const script: Argument = { volume: 'script', path: scriptName };
  const words = shell.split(/\s+/).filter((word) => word !== '');
  const program = words[0]?.split('/').at(-1) ?? '';
  return shellsWithSetE.has(program) ? [...words, '-e', script] : [...words, script];
}
