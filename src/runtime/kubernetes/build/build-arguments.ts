import type { ImageBuild } from '../../image-builder.ts';
import { shellWord } from '../../../util/shell-word.ts';

export interface DividedArguments {
  /** What follows `--build-arg`, of each: `NAME=VALUE`, of one with a secret `NAME`. */
  readonly words: readonly string[];
  /** Those whose values the builder takes from its environment. */
  readonly hidden: readonly { readonly name: string; readonly value: string }[];
}

/** Kaniko and Buildah both take the value of `--build-arg NAME` from a variable of that name. */
export function divideArguments(build: ImageBuild): DividedArguments {
  const hidden = build.args.filter(({ value }) => holdsSecret(build, value));
  const words = build.args.map((arg) => (hidden.includes(arg) ? arg.name : `${arg.name}=${arg.value}`));
  return { words, hidden };
}

/** Also the secrets of the build itself, which nobody has to have told to a mask. */
export function holdsSecret(build: ImageBuild, text: string): boolean {
  return (
    build.hides?.(text) === true || [...build.secrets.values()].some((secret) => secret !== '' && text.includes(secret))
  );
}

/** A hidden argument that no shell can have as a variable (POSIX.1-2017, 3.235). */
export function unsettableArgument({ hidden }: DividedArguments): string | undefined {
  return hidden.find(({ name }) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))?.name;
}

/** Lines of a shell script. */
export function exportLines({ hidden }: DividedArguments): readonly string[] {
  return hidden.map(({ name, value }) => `export ${name}=${shellWord(value)}`);
}
