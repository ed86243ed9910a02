import type { ImageBuild } from '../../image-builder.ts';
import { shellWord } from '../../../util/shell-word.ts';

export interface SplitArguments {
  /** The values of the `--build-arg` options: `NAME=VALUE`, or only `NAME` if the value holds a secret. */
  readonly words: readonly string[];
  /** Arguments whose values the builder reads from its environment. */
  readonly hidden: readonly { readonly name: string; readonly value: string }[];
}

/**
 * Splits the build arguments. Kaniko and Buildah both read the value of `--build-arg NAME` from the variable `NAME`.
 */
export function splitArguments(build: ImageBuild): SplitArguments {
  const hidden = build.args.filter(({ value }) => holdsSecret(build, value));
  const words = build.args.map((arg) => (hidden.includes(arg) ? arg.name : `${arg.name}=${arg.value}`));
  return { words, hidden };
}

/** Reports whether a text holds a secret. Checks the build's own secrets too: the mask may not know them. */
export function holdsSecret(build: ImageBuild, text: string): boolean {
  return (
    build.hides?.(text) === true || [...build.secrets.values()].some((secret) => secret !== '' && text.includes(secret))
  );
}

/** Returns a hidden argument whose name no shell can set as a variable (POSIX.1-2017, 3.235). */
export function unsettableArgument({ hidden }: SplitArguments): string | undefined {
  return hidden.find(({ name }) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))?.name;
}

/** Returns lines of a shell script that export the hidden arguments. */
export function exportLines({ hidden }: SplitArguments): readonly string[] {
  return hidden.map(({ name, value }) => `export ${name}=${shellWord(value)}`);
}
