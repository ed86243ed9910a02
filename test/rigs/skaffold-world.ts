/** Projects with a `skaffold.yaml` whose artifacts are built on a real engine. */
import { randomBytes } from 'node:crypto';
import { applyEvent, emptyRunState, type RunState } from '../../src/events/run-state.ts';
import type { StoredEvent } from '../../src/events/event.ts';
import { buildResults, type BuildResult } from '../../src/events/build-results.ts';
import { askEngine, engineJson } from './ask-engine.ts';
import { baseImage, type EngineUnderTest } from './engines.ts';
import { projectDir, type ProjectDir, type ProjectFile } from './project-dir.ts';
import { runCli, type CliRun } from './run-cli.ts';

/** What `build --output json` prints. */
export interface BuildJson {
  readonly run: string;
  readonly status: string;
  readonly builds: readonly { readonly imageName: string; readonly tag: string }[];
  readonly results: readonly BuildResult[];
}

/** The facts of an image that tests look at. */
export interface EngineImage {
  readonly Id: string;
  readonly RepoTags: readonly string[];
  readonly Config: { readonly Env?: readonly string[]; readonly Labels?: Readonly<Record<string, string>> };
}

export interface SkaffoldWorld extends AsyncDisposable {
  readonly project: ProjectDir;
  /** A text that no other build has. */
  readonly word: string;
  /** Returns the name of an image in the configuration. Its tags are removed afterwards. */
  readonly name: (image: string) => string;
  cli(...args: readonly string[]): CliRun;
  /** Starts `build --output text` of the project. */
  build(...args: readonly string[]): CliRun;
  /** Builds, and returns what `--output json` prints. */
  json(code: number, ...args: readonly string[]): Promise<BuildJson>;
  /** Writes `skaffold.yaml`. Fields beside `apiVersion` and `kind`. */
  configure(configuration: object, path?: string): Promise<void>;
  /** Asks the engine for an image. */
  image(reference: string): Promise<EngineImage | null>;
  /** Returns every tag of this world's images, sorted. */
  tags(): Promise<readonly string[]>;
  removeImage(reference: string): Promise<void>;
  env(name: string, value: string): void;
}

export interface WorldOptions {
  readonly git?: boolean;
  /** Where the images are. Default: `localhost`. */
  readonly registry?: string;
}

/**
 * @param files `BASE` in their text is the image that every build starts from, `WORD` is `word`
 */
export async function skaffoldWorld(
  { host, socket }: EngineUnderTest,
  configuration: (name: (image: string) => string) => object,
  files: Readonly<Record<string, ProjectFile>>,
  { git = false, registry = 'localhost' }: WorldOptions = {},
): Promise<SkaffoldWorld> {
  const word = randomBytes(6).toString('hex');
  const repository = `${registry}/slipway-test/${word}`;
  const filled = (text: string) => text.replaceAll('BASE', baseImage).replaceAll('WORD', word);
  const name = (image: string) => `${repository}/${image}`;
  const yaml = (fields: object) =>
    // YAML is a superset of JSON.
    `${JSON.stringify({ apiVersion: 'skaffold/v4beta13', kind: 'Config', ...fields }, undefined, 2)}\n`;
  const project = await projectDir(
    {
      'skaffold.yaml': yaml(configuration(name)),
      ...Object.fromEntries(
        Object.entries(files).map(([path, file]) => [path, typeof file === 'string' ? filled(file) : file]),
      ),
    },
    { git },
  );
  const env: Record<string, string> = { ...project.env, DOCKER_HOST: host ?? '', SLIPWAY_ON: 'docker' };
  const cli = (...args: readonly string[]) => runCli(args, { cwd: project.path, env: { ...env } });
  const tags = async (): Promise<readonly string[]> => {
    return (await listImages(socket))
      .flatMap(({ RepoTags }) => RepoTags ?? [])
      .filter((tag) => tag.includes(word))
      .sort();
  };
  const removeImage = async (reference: string): Promise<void> =>
    void (await askEngine(socket, 'DELETE', `/images/${reference}?force=1`));
  return {
    ...{ project, word, name, cli, tags, removeImage },
    build: (...args) => cli('build', '--output', 'text', ...args),
    json: async (code, ...args) => {
      const { stdout } = await cli('build', '--output', 'json', ...args).exits(code);
      return JSON.parse(stdout) as BuildJson;
    },
    configure: async (fields, path = 'skaffold.yaml') => await project.write({ [path]: yaml(fields) }),
    image: async (reference) => (await engineJson(socket, `/images/${reference}/json`)) as EngineImage | null,
    env: (variable, value) => void (env[variable] = value),
    [Symbol.asyncDispose]: async () => {
      for (const tag of await tags()) await removeImage(tag);
      await project[Symbol.asyncDispose]();
    },
  };
}

interface ListedImage {
  readonly RepoTags: readonly string[] | null;
}

/** Podman cannot list images while another process removes one. */
async function listImages(socket: string): Promise<readonly ListedImage[]> {
  for (let attempt = 1; ; attempt++) {
    const found = await engineJson(socket, '/images/json');
    if (Array.isArray(found)) return found as readonly ListedImage[];
    if (attempt === 20) throw new Error(`cannot list images: ${JSON.stringify(found)}`);
  }
}

/** Returns the results after each event of a run, as a program that reads its events sees them. */
export function resultsAfterEach(lines: string): readonly (readonly BuildResult[])[] {
  const state: RunState = emptyRunState();
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      applyEvent(state, readEvent(line), true);
      return buildResults(state);
    });
}

/** JSON for programs has output as text if it is text. */
function readEvent(line: string): StoredEvent {
  const { text, base64, ...event } = JSON.parse(line) as { text?: string; base64?: string; type: string };
  const bytes = base64 === undefined ? Buffer.from(text ?? '') : Buffer.from(base64, 'base64');
  return { ...event, ...(event.type === 'output' && { bytes }) } as StoredEvent;
}
