import { posix } from 'node:path';
import type { Dockerfile } from '../../build/dockerfile/dockerfile.ts';
import { evaluateDockerfile } from '../../build/dockerfile/evaluate-dockerfile.ts';
import { readDockerfile } from '../../build/dockerfile/read-dockerfile.ts';
import { SourceText } from '../../diagnostics/source-text.ts';
import type { DockerProject, LeftOut } from '../../engine/project-initializer.ts';
import { buildContext, type ProjectTree } from './build-context.ts';
import { dockerfileName, imageNames } from './builder-names.ts';

export interface DockerfileOptions {
  /** The name of the project's folder. */
  readonly project: string;
  readonly tree: ProjectTree;
  /** Absent: where the sources of `COPY` are. */
  readonly context?: string;
  readonly target?: string;
  readonly args?: DockerProject['args'];
}

/** Returns the build of a Dockerfile. A file that only has the name of one is neither built nor mentioned. */
export function findDockerfile(
  path: string,
  text: string,
  { project, tree, context, target, args }: DockerfileOptions,
): { readonly builder?: DockerProject; readonly leftOut?: LeftOut } {
  const dockerfile = readDockerfile(new SourceText(path, text));
  const build = evaluateDockerfile(dockerfile, {
    args: new Map(Object.entries(args ?? {}).flatMap(([name, value]) => (value === null ? [] : [[name, value]]))),
    ...(target !== undefined && { target }),
  });
  const mistakes = [...dockerfile.diagnostics, ...build.diagnostics].filter(({ severity }) => severity === 'error');
  const [mistake] = mistakes;
  if (mistake) {
    if (dockerfile.stages.length === 0) return {};
    const { line, column } = mistake.place ?? { line: 1, column: 1 };
    const others = mistakes.length > 1 ? ` and ${mistakes.length - 1} more` : '';
    const why = `${path}:${line}:${column}: ${mistake.code} ${mistake.message}${others}`;
    return { leftOut: { what: path, why, help: `slipway explain ${mistake.code}` } };
  }
  const sources = build.stages.flatMap(({ copies, mounts }) => [
    ...copies.flatMap((copy) => copy.sources.map((source) => source.path)),
    ...mounts.map((mount) => mount.path),
  ]);
  const ports = build.stages.flatMap(({ stage }) =>
    stage.instructions.flatMap((one) =>
      one.kind === 'other' && one.keyword === 'EXPOSE' ? one.args.flatMap(({ text: port }) => tcpPort(port) ?? []) : [],
    ),
  );
  const folder = posix.dirname(path);
  const { word, isVariant } = dockerfileName(path) ?? { word: '', isVariant: false };
  const chosen = context === undefined ? buildContext(folder, sources, tree) : { context };
  return {
    builder: {
      ...{ type: 'docker', path, isVariant, ports: [...new Set(ports)], ...chosen },
      baseArguments: baseArgumentsOf(dockerfile),
      names: isVariant
        ? [...imageNames(folder, project), ...imageNames(folder, project, word)]
        : imageNames(folder, project, word),
      ...(target !== undefined && { target }),
      ...(args !== undefined && { args }),
    },
  };
}

function baseArgumentsOf({ globalArgs, stages }: Dockerfile): DockerProject['baseArguments'] {
  const bases = new Set(stages.flatMap(({ base }) => /^\$(?:\{(\w+)\}|(\w+))$/.exec(base.text)?.slice(1) ?? []));
  return globalArgs.flatMap(({ args }) =>
    args.flatMap(({ name, value }) => (value && bases.has(name.text) ? { name: name.text, image: value.text } : [])),
  );
}

function tcpPort(text: string): number | undefined {
  const port = Number(/^(\d{1,5})(?:\/tcp)?$/i.exec(text)?.[1] ?? 0);
  return port > 0 && port < 65_536 ? port : undefined;
}
