import type { DockerStepSpec } from '../../specs/specs.ts';
import type { DockerfileFacts } from './dockerfile.ts';
import type { Warning, WarningCode } from '../../../model/warning.ts';

export interface BuildArguments {
  readonly args: readonly { readonly name: string; readonly value: string }[];
  /** The secrets for `RUN --mount=type=secret,id=…`. */
  readonly secrets: ReadonlyMap<string, string>;
  readonly warnings: readonly Warning[];
}

/** Returns `args` that have a value. A name without one can only be a secret's. */
export function plainArguments(args: DockerStepSpec['args']): ReadonlyMap<string, string> {
  return new Map(
    args.flatMap((arg) =>
      arg.includes('=') ? [[arg.slice(0, arg.indexOf('=')), arg.slice(arg.indexOf('=') + 1)] as const] : [],
    ),
  );
}

/**
 * Returns the arguments and secrets of the build. Secrets are mounted. If the Dockerfile declares `ARG NAME` and does
 * not mount the secret, the build argument is passed, as upstream did. Engines then keep the value in the image
 * history.
 * @param keys the keys of the secret that `secretName` names
 */
export function buildArguments(
  { args, secretArgs }: Pick<DockerStepSpec, 'args' | 'secretArgs'>,
  keys: ReadonlyMap<string, string>,
  dockerfile: DockerfileFacts,
): BuildArguments {
  const passed = new Map(plainArguments(args));
  const secrets = new Map<string, string>();
  const warnings: Warning[] = [];
  const warn = (code: WarningCode, message: string) => void warnings.push({ code, message });
  for (const { arg, key } of secretArgs) {
    const value = keys.get(key) ?? '';
    secrets.set(arg, value);
    if (dockerfile.secrets.has(arg)) continue;
    const line = `RUN --mount=type=secret,id=${arg} … (the value is in /run/secrets/${arg})`;
    if (dockerfile.args.has(arg)) {
      passed.set(arg, value);
      warn(
        'W092',
        `the image history contains the secret argument ${arg}, because the Dockerfile declares ARG ${arg}; everyone with the image can read it. Remove that ARG and write ${line}`,
      );
    } else {
      warn('W093', `nothing in the Dockerfile uses the secret argument ${arg}; write ${line}`);
    }
  }
  for (const arg of args) {
    if (arg.includes('=') || secrets.has(arg)) continue;
    warn('W093', `the argument ${arg} has no value and is not passed; write ${arg}=VALUE`);
  }
  return { args: [...passed].map(([name, value]) => ({ name, value })), secrets, warnings };
}
