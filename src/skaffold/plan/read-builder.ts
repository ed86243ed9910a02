import type { CustomDependencies } from '../../build/custom/custom-inputs.ts';
import type { Report } from '../../diagnostics/problem.ts';
import { entriesOfMap, entryOf, itemsOf, textAt, textsAt, valueAt } from '../../diagnostics/yaml/edit.ts';
import type { Located } from '../../diagnostics/yaml/located.ts';
import { problem } from '../problem.ts';
import type { ArtifactBuilder } from './artifact-spec.ts';
import { readCliFlags } from './docker-cli-flags.ts';
import { readKaniko } from './kaniko-options.ts';
import { ownValue } from '../../util/own-value.ts';

/** What the options of builders depend on. */
export interface BuilderRequest {
  /** Expands the Go template of a scalar. Reports what is wrong with it. */
  readonly expand: (node: Located, report: Report) => string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The artifact's context, and the folder of its configuration. Absolute. */
  readonly context: string;
  readonly folder: string;
  /** `build.local.useBuildkit`. */
  readonly buildkit?: boolean | undefined;
  readonly report: Report;
}

/**
 * Reads the options of a builder. Expands the templates that Skaffold expands. Reports every mistake.
 * @returns `undefined` if a mistake leaves nothing to build
 */
export function readBuilder(
  type: ArtifactBuilder['type'],
  options: Located,
  request: BuilderRequest,
): ArtifactBuilder | undefined {
  return readers[type](options, request);
}

type ReadOptions = (options: Located, request: BuilderRequest) => ArtifactBuilder | undefined;

const readers: Readonly<Record<ArtifactBuilder['type'], ReadOptions>> = {
  docker: dockerOptions,
  kaniko: (kaniko, request) => {
    const { context, folder, report } = request;
    const expand = (node: Located) => request.expand(node, report);
    return {
      type: 'kaniko',
      ...readKaniko(kaniko, { context, folder, report, expand, args: buildArgs(kaniko, request) }),
    };
  },
  custom: (custom, request) => {
    const command = valueAt(custom, 'buildCommand');
    if (!command)
      request.report(problem('S058', custom.at, { field: 'buildCommand', of: 'a custom artifact', name: '' }));
    const text = command && request.expand(command, request.report);
    return text === undefined
      ? undefined
      : { type: 'custom', command: text, dependencies: customDependencies(custom, request) };
  },
  ko: (ko, request) => ({
    type: 'ko',
    ...given('fromImage', textAt(ko, 'fromImage')),
    dir: textAt(ko, 'dir') ?? '.',
    main: textAt(ko, 'main') ?? '.',
    env: expandedTexts(ko, 'env', request),
    flags: expandedTexts(ko, 'flags', request),
    ldflags: expandedTexts(ko, 'ldflags', request),
    labels: entriesOfMap(valueAt(ko, 'labels')).flatMap(({ key, value }) => {
      const text = request.expand(value, request.report);
      return text === undefined ? [] : [{ name: key, value: text }];
    }),
    dependencies: patternsAt(ko),
  }),
  jib: (jib) => {
    const tool = textAt(jib, 'type')?.toLowerCase();
    return {
      type: 'jib',
      args: textsAt(jib, 'args'),
      ...given('project', textAt(jib, 'project')),
      ...given('fromImage', textAt(jib, 'fromImage')),
      // The shape of the file allows no other tool.
      ...((tool === 'maven' || tool === 'gradle') && { tool }),
    };
  },
  bazel: (bazel, { report }) => {
    const target = textAt(bazel, 'target') ?? '';
    const expected = 'a target whose output is an image archive: its name ends with .tar';
    if (!target.endsWith('.tar'))
      report(problem('S027', valueAt(bazel, 'target')?.at ?? bazel.at, { field: 'target', written: target, expected }));
    return {
      type: 'bazel',
      target,
      args: textsAt(bazel, 'args'),
      platforms: itemsOf(valueAt(bazel, 'platforms')).map((mapping) => ({
        platform: textAt(mapping, 'platform') ?? '',
        target: textAt(mapping, 'target') ?? '',
      })),
    };
  },
  buildpacks: (buildpacks, request) => ({
    type: 'buildpacks',
    ...given('builder', textAt(buildpacks, 'builder')),
    ...given('runImage', textAt(buildpacks, 'runImage')),
    env: expandedTexts(buildpacks, 'env', request),
    buildpacks: textsAt(buildpacks, 'buildpacks'),
    trustBuilder: isTrue(valueAt(buildpacks, 'trustBuilder')),
    clearCache: isTrue(valueAt(buildpacks, 'clearCache')),
    projectDescriptor: textAt(buildpacks, 'projectDescriptor') ?? 'project.toml',
    volumes: itemsOf(valueAt(buildpacks, 'volumes')).map((volume) => ({
      host: textAt(volume, 'host') ?? '',
      target: textAt(volume, 'target') ?? '',
      ...given('options', textAt(volume, 'options')),
    })),
    args: textsAt(buildpacks, 'buildArgs'),
    dependencies: patternsAt(buildpacks),
  }),
};

function customDependencies(custom: Located, request: BuilderRequest): CustomDependencies {
  const command = textAt(custom, 'dependencies', 'command');
  if (command !== undefined) return { kind: 'command', command };
  const dockerfile = valueAt(custom, 'dependencies', 'dockerfile');
  if (dockerfile === undefined) return { kind: 'patterns', patterns: patternsAt(custom) };
  return {
    kind: 'dockerfile',
    path: textAt(dockerfile, 'path') ?? 'Dockerfile',
    args: buildArgs(dockerfile, request),
  };
}

function dockerOptions(docker: Located, request: BuilderRequest): ArtifactBuilder {
  const ssh = textAt(docker, 'ssh');
  const network = textAt(docker, 'network')?.toLowerCase();
  const { report } = request;
  const squash = entryOf(docker, 'squash');
  if (squash && isTrue(squash.value))
    report(problem('S024', squash.keyAt, { field: 'squash', why: 'BuildKit has no such option' }));
  const cli = readCliFlags(itemsOf(valueAt(docker, 'cliFlags')), request.env, report);
  return {
    type: 'docker',
    dockerfile: textAt(docker, 'dockerfile') ?? 'Dockerfile',
    args: [...buildArgs(docker, request), ...cli.args],
    addHosts: [...itemsOf(valueAt(docker, 'addHost')).flatMap((node) => addHost(node, report) ?? []), ...cli.addHosts],
    cacheFrom: [...textsAt(docker, 'cacheFrom'), ...cli.cacheFrom],
    noCache: isTrue(valueAt(docker, 'noCache')) || cli.noCache,
    pull: isTrue(valueAt(docker, 'pullParent')) || cli.pull ? 'always' : 'missing',
    ...(cli.labels.length > 0 && { labels: cli.labels }),
    ...(request.buildkit !== undefined && { buildkit: request.buildkit }),
    secrets: [
      ...itemsOf(valueAt(docker, 'secrets')).map((secret) => ({
        id: textAt(secret, 'id') ?? '',
        ...given('file', textAt(secret, 'src')),
        ...given('variable', textAt(secret, 'env')),
      })),
      ...cli.secrets,
    ],
    // As on a command line, the later one counts.
    ...given('target', cli.target ?? textAt(docker, 'target')),
    ...given('network', cli.network ?? network),
    ...given('ssh', cli.ssh ?? ssh),
  };
}

function buildArgs(
  node: Located,
  { expand, env, report }: BuilderRequest,
): readonly { readonly name: string; readonly value: string }[] {
  return entriesOfMap(valueAt(node, 'buildArgs')).flatMap(({ key, value }) => {
    // Without a value, the argument is taken from the environment, as `docker build --build-arg NAME` does.
    const isNull = value.kind === 'scalar' && value.value === null;
    const text = isNull ? ownValue(env, key) : expand(value, report);
    return text === undefined ? [] : [{ name: key, value: text }];
  });
}

function addHost(node: Located, report: Report): { readonly name: string; readonly address: string } | undefined {
  const written = textAt(node) ?? '';
  const [, name, address] = /^([^:]+):(.+)$/.exec(written) ?? [];
  if (name !== undefined && address !== undefined) return { name, address };
  return void report(problem('S027', node.at, { field: 'addHost', written, expected: 'NAME:ADDRESS' }));
}

function expandedTexts(node: Located, key: string, { expand, report }: BuilderRequest): readonly string[] {
  return itemsOf(valueAt(node, key)).flatMap((item) => expand(item, report) ?? []);
}

function patternsAt(node: Located): { readonly paths: readonly string[]; readonly ignore: readonly string[] } {
  return { paths: textsAt(node, 'dependencies', 'paths'), ignore: textsAt(node, 'dependencies', 'ignore') };
}

function given<Key extends string>(key: Key, value: string | undefined): { readonly [K in Key]?: string } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [K in Key]?: string };
}

function isTrue(node: Located | undefined): boolean {
  return node?.kind === 'scalar' && node.value === true;
}
