import { posix } from 'node:path';
import { SourceText } from '../../../diagnostics/source-text.ts';
import { isImageName } from '../../../build/dockerfile/image-name.ts';
import { readDockerfile } from '../../../build/dockerfile/read-dockerfile.ts';
import type { Dockerfile, Instruction } from '../../../build/dockerfile/dockerfile.ts';
import { expanderOf, globalVariables } from '../../../build/dockerfile/variables.ts';

/**
 * The facts of a Dockerfile that must be known before its build. The engine reads the file itself and reports its
 * mistakes, so unclear parts are left out here.
 */
export interface DockerfileFacts {
  /** Base images, except for own stages and `scratch`. Names that cannot be resolved are left out. */
  readonly baseImages: readonly string[];
  /** The names of all `ARG` instructions, in any stage. */
  readonly args: ReadonlySet<string>;
  /** The ids of `RUN --mount=type=secret`. */
  readonly secrets: ReadonlySet<string>;
  /** The last `USER` of the last stage, unexpanded. */
  readonly lastUser: string | undefined;
}

/**
 * Returns the facts of all stages: builders without BuildKit also build those that nothing needs.
 * @param given build arguments, which names of base images may use
 */
export function dockerfileFacts(text: string, given: ReadonlyMap<string, string>): DockerfileFacts {
  const file = readDockerfile(new SourceText('Dockerfile', text));
  const instructions = file.stages.flatMap((stage) => stage.instructions);
  return {
    baseImages: baseImagesOf(file, instructions, given),
    args: new Set(
      [...file.globalArgs, ...instructions].flatMap((each) =>
        each.kind === 'arg' ? each.args.map(({ name }) => name.text) : [],
      ),
    ),
    secrets: new Set(instructions.flatMap(secretIds)),
    lastUser: file.stages.at(-1)?.instructions.findLast((each) => each.kind === 'user')?.user.text,
  };
}

function baseImagesOf(
  file: Dockerfile,
  instructions: readonly Instruction[],
  args: ReadonlyMap<string, string>,
): readonly string[] {
  const expander = expanderOf(file, () => undefined);
  const globals = globalVariables(file, { args }, expander);
  const stages = new Set(['scratch', ...file.stages.flatMap(({ name }) => (name === undefined ? [] : [name.text]))]);
  const names = [
    ...file.stages.map(({ base }) => expander.expand(base, globals)),
    ...instructions.flatMap(referencesOf),
  ];
  return [...new Set(names)].filter((name) => isImageName(name) && !stages.has(name));
}

/** A number is a stage of the file. */
function referencesOf(instruction: Instruction): readonly string[] {
  if (instruction.kind === 'copy') {
    const { from } = instruction;
    return from === undefined || /^\d+$/.test(from.text) ? [] : [from.text];
  }
  if (instruction.kind !== 'run') return [];
  return instruction.mounts.flatMap(({ options }) =>
    options.flatMap(({ key, value = '' }) => (key === 'from' ? [value] : [])),
  );
}

function secretIds(instruction: Instruction): readonly string[] {
  if (instruction.kind !== 'run') return [];
  return instruction.mounts.flatMap(({ options }) => {
    const last = (...keys: readonly string[]) => options.findLast(({ key }) => keys.includes(key))?.value;
    const target = last('target', 'dst', 'destination');
    const id = last('id') ?? (target === undefined ? undefined : posix.basename(target));
    return last('type') !== 'secret' || id === undefined ? [] : [id];
  });
}
