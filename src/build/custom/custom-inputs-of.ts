import { relative, sep } from 'node:path';
import { failed, succeeded, type Outcome } from '../../model/outcome.ts';
import type { ImageBuilder } from '../../runtime/image-builder.ts';
import { runProgram } from '../../util/run-program.ts';
import type { ArtifactInputs } from '../artifact-inputs.ts';
import { patternSelection } from '../cache/pattern-selection.ts';
import { dockerInputsOf } from '../docker/docker-inputs-of.ts';
import { customInputs, type CustomDependencies } from './custom-inputs.ts';

/** How long a command that lists dependencies may run. */
const longestListMs = 60_000;

/** Returns what can change the image of a custom artifact, as its `dependencies` say. */
export async function customInputsOf(
  dependencies: CustomDependencies,
  context: string,
  {
    images,
    env,
  }: { readonly images: Pick<ImageBuilder, 'find'>; readonly env: Readonly<Record<string, string | undefined>> },
  signal: AbortSignal,
): Promise<Outcome<ArtifactInputs>> {
  const inputs = customInputs(dependencies);
  const inputsOf = (files: ArtifactInputs['files'], others: readonly string[] = []) =>
    succeeded({ folder: context, files, others, baseImages: [] });
  switch (inputs.kind) {
    case 'patterns':
      return inputsOf(patternSelection(inputs.patterns));
    case 'dockerfile': {
      const args = new Map(inputs.args.map(({ name, value }) => [name, value]));
      return await dockerInputsOf({ folder: context, dockerfile: inputs.path, args }, images, signal);
    }
    case 'command': {
      const { code, stdout } = await runProgram({
        argv: ['sh', '-c', inputs.command],
        ...{ cwd: context, env, signal, timeoutMs: longestListMs },
      });
      const paths = code === 0 ? pathsIn(stdout.toString()) : undefined;
      if (!paths)
        return failed({ code: 'build-failed', detail: '`dependencies.command` printed no JSON array of paths' });
      const below = paths.map((path) => relative(context, path.startsWith('/') ? path : `${context}/${path}`));
      const isInside = (path: string) => path.split(sep)[0] !== '..';
      return inputsOf(
        patternSelection({ include: [], exclude: [], files: below.filter(isInside) }),
        paths.filter((_, i) => !isInside(below[i] ?? '')),
      );
    }
  }
}

function pathsIn(output: string): readonly string[] | undefined {
  try {
    const paths: unknown = JSON.parse(output);
    return Array.isArray(paths) && paths.every((path) => typeof path === 'string') ? paths : undefined;
  } catch {
    return undefined;
  }
}
