import type { DockerStepSpec } from '../../specs/specs.ts';
import type { Dockerfile } from './dockerfile.ts';

export interface BuildArguments {
  readonly args: readonly { readonly name: string; readonly value: string }[];
  /** What `RUN --mount=type=secret,id=…` finds. */
  readonly secrets: ReadonlyMap<string, string>;
  /** What people should know, in sentences. */
  readonly warnings: readonly string[];
}

/** `args` as they are written; a name without a value has one only where it is a secret's. */
export function plainArguments(args: DockerStepSpec['args']): ReadonlyMap<string, string> {
  return new Map(
    args.flatMap((arg) =>
      arg.includes('=') ? [[arg.slice(0, arg.indexOf('=')), arg.slice(arg.indexOf('=') + 1)] as const] : [],
    ),
  );
}

/**
 * What is handed to the build. Secrets are mounted; where the Dockerfile declares `ARG NAME` for one and mounts none,
 * it is passed as that, as upstream did, though every engine keeps the values of arguments in the history of the image.
 * @param keys of the secret that `secretName` names
 */
export function buildArguments(
  { args, secretArgs }: Pick<DockerStepSpec, 'args' | 'secretArgs'>,
  keys: ReadonlyMap<string, string>,
  dockerfile: Dockerfile,
): BuildArguments {
  const passed = new Map(plainArguments(args));
  const secrets = new Map<string, string>();
  const warnings: string[] = [];
  for (const { arg, key } of secretArgs) {
    const value = keys.get(key) ?? '';
    secrets.set(arg, value);
    if (dockerfile.secrets.has(arg)) continue;
    const line = `RUN --mount=type=secret,id=${arg} …, which finds it in /run/secrets/${arg}`;
    if (dockerfile.args.has(arg)) {
      passed.set(arg, value);
      warnings.push(
        `the secret argument ${arg} stands in the history of the image for everybody who has it, since the Dockerfile declares ARG ${arg}; to keep it out, leave that away and write ${line}`,
      );
    } else {
      warnings.push(`nothing in the Dockerfile asks for the secret argument ${arg}; write ${line}`);
    }
  }
  for (const arg of args) {
    if (arg.includes('=') || secrets.has(arg)) continue;
    warnings.push(`the argument ${arg} has no value and is not passed: write ${arg}=VALUE`);
  }
  return { args: [...passed].map(([name, value]) => ({ name, value })), secrets, warnings };
}
