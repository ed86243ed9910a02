/** Variables of a Dockerfile: predefined, global and of a stage. */
import type { Report } from '../../diagnostics/problem.ts';
import type { ArgInstruction, Dockerfile, Word } from './dockerfile.ts';
import type { DockerBuildRequest } from './docker-build.ts';
import { problem } from './problem.ts';
import { expand } from './shell-words.ts';

export type Variables = ReadonlyMap<string, string>;

/** Expands words of one file. */
export interface Expander {
  /** Returns the text of a word. Reports invalid substitutions, and returns '' for them. */
  readonly expand: (word: Word, variables: Variables) => string;
  /** Returns the names in a word that have no value. */
  readonly unset: (word: Word, variables: Variables) => readonly string[];
}

export function expanderOf({ escape }: Pick<Dockerfile, 'escape'>, report: Report): Expander {
  const read = ({ text }: Word, variables: Variables) =>
    expand(text, { escape, valueOf: (name) => variables.get(name) });
  return {
    expand: (word, variables) => {
      const expanded = read(word, variables);
      if (!('mistake' in expanded)) return expanded.text;
      report(problem('D014', word.span, { text: word.text, mistake: expanded.mistake }));
      return '';
    },
    unset: (word, variables) => {
      const expanded = read(word, variables);
      return 'mistake' in expanded ? [] : [...expanded.unset];
    },
  };
}

/**
 * Returns the variables of `FROM` instructions: those of the platforms, and `ARG` before the first `FROM`. Stages see
 * them only after an `ARG` of their own.
 */
export function globalVariables(
  { globalArgs, stages }: Dockerfile,
  { target, args, platform }: DockerBuildRequest,
  { expand: expanded }: Expander,
): Variables {
  const variables = new Map<string, string>([
    ...platformVariables('BUILD', platform?.build),
    ...platformVariables('TARGET', platform?.target),
    ['TARGETSTAGE', target ?? stages.at(-1)?.name?.text ?? 'default'],
  ]);
  for (const [name, value] of args) if (variables.has(name)) variables.set(name, value);
  for (const { args: declared } of globalArgs) {
    for (const { name, value } of declared) {
      const given = args.get(name.text) ?? (value && expanded(value, variables));
      if (given !== undefined) variables.set(name.text, given);
    }
  }
  return variables;
}

function platformVariables(side: 'BUILD' | 'TARGET', platform: string | undefined): readonly [string, string][] {
  if (platform === undefined) return [];
  const [os = '', arch = '', variant = ''] = platform.split('/');
  return [
    [`${side}PLATFORM`, platform],
    [`${side}OS`, os],
    [`${side}OSVERSION`, ''],
    [`${side}ARCH`, arch],
    [`${side}VARIANT`, variant],
  ];
}

/** Adds the variables of `ARG` in a stage: the caller's value, the default, or that of the global `ARG`. */
export function declareArgs(
  { args }: ArgInstruction,
  variables: Map<string, string>,
  given: Variables,
  globals: Variables,
  { expand: expanded }: Expander,
): void {
  for (const { name, value } of args) {
    const text = given.get(name.text) ?? (value ? expanded(value, variables) : globals.get(name.text));
    if (text !== undefined) variables.set(name.text, text);
  }
}
