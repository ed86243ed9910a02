/** The examples, as a user has them who cloned the repository. */
import { randomBytes } from 'node:crypto';
import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { removeImage } from './engine-images.ts';
import { projectDir, type ProjectDir } from './project-dir.ts';
import { runCli, type CliRun } from './run-cli.ts';

export const examplesFolder = fileURLToPath(new URL('../../examples/', import.meta.url));

/** The public name of the base image in the examples. */
export const publicImage = 'docker.io/library/busybox:1';

export interface Example extends AsyncDisposable {
  readonly project: ProjectDir;
  cli(args: readonly string[], env?: Readonly<Record<string, string>>): CliRun;
  /** Returns the outcome of each step, as `STAGE/STEP`. */
  ends(): Promise<Readonly<Record<string, string>>>;
  id(): Promise<string>;
}

interface Shown {
  readonly id: string;
  readonly iterations: readonly {
    readonly stages: readonly {
      readonly name: string;
      readonly status: string;
      readonly steps: readonly { readonly name: string; readonly status: string }[];
    }[];
  }[];
}

/** Copies an example, like a user who cloned it. */
export async function copyOfExample(name: string, host: string | undefined): Promise<Example> {
  const project = await projectDir({});
  await cp(join(examplesFolder, name), project.path, { recursive: true });
  const cli: Example['cli'] = (args, env) =>
    runCli(args, { cwd: project.path, env: { ...project.env, DOCKER_HOST: host ?? '', ...env } });
  const shown = async () => JSON.parse((await cli(['show', 'latest', '--output', 'json']).exits(0)).stdout) as Shown;
  return {
    project,
    cli,
    id: async () => (await shown()).id,
    ends: async () => {
      const stages = (await shown()).iterations.flatMap((iteration) => iteration.stages);
      return Object.fromEntries(
        stages.flatMap((stage) => stage.steps.map((step) => [`${stage.name}/${step.name}`, step.status])),
      );
    },
    [Symbol.asyncDispose]: async () => await project[Symbol.asyncDispose](),
  };
}

/** The build of an example. Its images have names of their own, and disposal removes them. */
export class ExampleBuild implements AsyncDisposable {
  readonly example: Example;
  /** What its commands have in their environment, beside what all have. */
  readonly env: Record<string, string> = {};
  readonly #socket: string;
  readonly #images = new Set<string>();
  readonly #repository: string;

  /** @param registry where the images are */
  constructor(example: Example, socket: string, registry = 'localhost') {
    this.example = example;
    this.#socket = socket;
    this.#repository = `${registry}/example-${randomBytes(4).toString('hex')}`;
  }

  /** Runs a command of the example with the environment of the build. */
  cli(args: readonly string[], env?: Readonly<Record<string, string>>): CliRun {
    return this.example.cli(args, { ...this.env, ...env });
  }

  /** Returns the reference of each image, and how the artifact cache decided. */
  async build(...args: readonly string[]): Promise<Readonly<Record<string, BuiltImage>>> {
    const { results } = await this.#json(['build'], args);
    return Object.fromEntries(results.map(({ image, ...result }) => [image, result]));
  }

  /** Builds and tests, and returns what `test --output json` prints. */
  async tested(): Promise<{ readonly tests: readonly { readonly name: string; readonly status: string }[] }> {
    return await this.#json(['test'], []);
  }

  /** Builds the images and deploys them. Returns what `run` prints. */
  async deployed(...args: readonly string[]): Promise<string> {
    await this.build();
    const words = ['run', '--default-repo', this.#repository, '--tag', '1', '--output', 'text'];
    return (await this.cli([...words, ...args]).exits(0)).stdout;
  }

  /** Gives the configurations names of their own: another process may deploy the example. Returns what is appended. */
  async rename(): Promise<string> {
    const { project } = this.example;
    const suffix = `-${randomBytes(4).toString('hex')}`;
    const files = await readdir(project.path, { recursive: true });
    for (const file of files.filter((path) => path.endsWith('skaffold.yaml')))
      await project.write({ [file]: (await project.read(file)).replace(/^metadata:\n {2}name: \S+/m, `$&${suffix}`) });
    return suffix;
  }

  async #json(command: readonly string[], args: readonly string[]) {
    const words = [...command, '--default-repo', this.#repository, '--tag', '1', '--output', 'json', ...args];
    const { stdout } = await this.cli(words, { RELEASE: '7' }).exits(0);
    const document = JSON.parse(stdout) as {
      readonly results: readonly (BuiltImage & { readonly image: string })[];
      readonly tests: readonly { readonly name: string; readonly status: string }[];
    };
    for (const { reference } of document.results) this.#images.add(reference);
    return document;
  }

  /** Builds what containers need, and runs verifications or an action. */
  async containers(...command: readonly string[]): Promise<void> {
    await this.#json(command, []);
  }

  /** Returns what a command prints in an image. */
  async printed(reference: string, command: string): Promise<string> {
    const container = { image: reference, cmds: [command] };
    await this.example.project.write({ '.wharf-ci.yml': JSON.stringify({ look: { inside: { container } } }) });
    await this.example.cli(['run', '--on', 'docker']).exits(0);
    return (await this.example.cli(['logs', 'latest', 'inside']).exits(0)).stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const image of this.#images) await removeImage(this.#socket, image);
    await this.example[Symbol.asyncDispose]();
  }
}

export interface BuiltImage {
  readonly reference: string;
  readonly cache?: { readonly hit?: boolean; readonly missed?: string };
}
