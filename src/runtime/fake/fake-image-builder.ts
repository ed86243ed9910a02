import { createHash } from 'node:crypto';
import { cancelledBy, failed, succeeded, type Failure, type Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import { readTar } from '../../tar/tar-reader.ts';
import { unsupportedOption } from '../build-options.ts';
import type {
  BuiltImage,
  FoundImage,
  ImageBuild,
  ImageBuilder,
  ImagePush,
  PushedImage,
  RegistryLogin,
  SshKeys,
} from '../image-builder.ts';
import {
  fakeCommands,
  fakeInstructions,
  fromOf,
  stagesUpTo,
  type FakeFiles,
  type FakeInstruction,
} from './fake-dockerfile.ts';
import { fakeCopyOut, fakeImageConfig } from './fake-opened-image.ts';
import type { ImagePlace, OpenedImage } from '../opened-image.ts';
import { aborted } from '../../util/abort.ts';

export interface FakeImage {
  readonly id: string;
  readonly files: FakeFiles;
  readonly labels: Readonly<Record<string, string>>;
  readonly history: readonly string[];
  readonly architecture: string;
}

/** An image during its build. */
interface Making {
  readonly files: Map<string, string>;
  readonly args: Map<string, string>;
  readonly history: string[];
  /** What instructions see and the image does not keep, by path. */
  readonly given: FakeFiles;
  readonly ssh: ReadonlyMap<string, string>;
}

/** The network interfaces of instructions, by network. */
const interfaces: Readonly<Record<string, readonly string[]>> = {
  none: ['lo'],
  default: ['eth0', 'lo'],
  host: ['eth0', 'lo', 'wlan0'],
};

export interface FakeImageSettings {
  /** Default: every image exists. */
  readonly hasImage?: (image: string) => boolean;
  /** Returns what `ssh-add -L` prints with these keys. Rejects if there is no agent. */
  readonly publicKeys?: (keys: SshKeys) => Promise<string>;
  /** The platform of the machine and of all images that exist. Default: `linux/amd64`. */
  readonly platform?: string;
  /** Returns why a registry rejects the credentials. Default: accepts all. */
  readonly admit?: (reference: string, login: RegistryLogin | 'anonymous' | undefined) => string | undefined;
}

/** Builds in memory what `fake-dockerfile.ts` supports, and pushes to a registry that is a map. */
export class FakeImageBuilder implements ImageBuilder {
  readonly images = new Map<string, FakeImage>();
  /** Digests by reference. */
  readonly registry = new Map<string, string>();
  /** The received builds, for tests. */
  readonly builds: ImageBuild[] = [];
  readonly pushes: ImagePush[] = [];
  /** The commands that hang. */
  readonly hanging = new Set<string>();
  readonly #settings: FakeImageSettings;
  readonly #pushed = new Map<string, FakeImage>();

  constructor(settings: FakeImageSettings = {}) {
    this.#settings = settings;
  }

  async build(build: ImageBuild, work: Work): Promise<Outcome<BuiltImage>> {
    if (work.signal.aborted) return cancelledBy(work.signal);
    const unsupported = unsupportedOption(build, { builder: 'The fake builder', refuses: {} });
    if (unsupported !== undefined) return failed(unsupported);
    this.builds.push(build);
    const network = interfaces[build.network ?? 'default'];
    if (network === undefined)
      return failed({ code: 'build-failed', detail: `network ${build.network ?? ''} not found` });
    const ssh = await this.#publicKeys(build);
    if (ssh instanceof Error) return failed({ code: 'build-failed', detail: ssh.message });
    const files = await readFiles(build, work.signal);
    const instructions = stagesUpTo(build.target, fakeInstructions(files.get(build.dockerfile) ?? ''));
    if (instructions === undefined)
      return failed({ code: 'build-failed', detail: `the Dockerfile has no stage ${build.target ?? ''}` });
    const given = new Map(network.map((name) => [`/sys/class/net/${name}`, '']));
    given.set('/etc/hosts', (build.addHosts ?? []).map(({ name, address }) => `${address}\t${name}\n`).join(''));
    const image: Making = { files: new Map(), args: new Map(), history: [], given, ssh };
    for (const [i, instruction] of instructions.entries()) {
      const subject = `[${i + 1}/${instructions.length}] ${instruction.text}`;
      await work.output.write('combined', Buffer.from(`#${i + 1} ${subject}\n`));
      work.output.observe({ type: 'progress', subject, current: i + 1, total: instructions.length });
      const failure = await this.#instruct(instruction, build, files, image, work);
      if (work.signal.aborted) return cancelledBy(work.signal);
      if (failure !== undefined) return failed(failure);
      image.history.push(instruction.text);
    }
    const id = digestOf(JSON.stringify([...files]));
    const [platform = this.#platform] = build.platforms ?? [];
    const [, architecture = ''] = platform.split('/');
    for (const reference of build.references)
      this.images.set(reference, {
        id,
        files: image.files,
        labels: build.labels,
        history: image.history,
        architecture,
      });
    return succeeded({ id });
  }

  async push(push: ImagePush, work: Work): Promise<Outcome<PushedImage>> {
    await Promise.resolve();
    if (work.signal.aborted) return cancelledBy(work.signal);
    this.pushes.push(push);
    const image = push.reference;
    work.output.observe({ type: 'image.pushing', image });
    const built = this.images.get(image);
    const refusal = built === undefined ? 'the image does not exist' : this.#settings.admit?.(image, push.login);
    if (built === undefined || refusal !== undefined)
      return failed({ code: 'push-failed', image, detail: refusal ?? '' });
    const digest = digestOf(built.id);
    this.registry.set(image, digest);
    this.#pushed.set(image, built);
    work.output.observe({ type: 'image.pushed', image, digest });
    return succeeded({ digest });
  }

  async pull(reference: string, work: Work): Promise<Outcome<BuiltImage | undefined>> {
    await Promise.resolve();
    if (work.signal.aborted) return cancelledBy(work.signal);
    const image = this.#pushed.get(reference);
    if (image) this.images.set(reference, image);
    return succeeded(image && { id: image.id });
  }

  async find(reference: string, signal: AbortSignal): Promise<Outcome<FoundImage | undefined>> {
    await Promise.resolve();
    if (signal.aborted) return cancelledBy(signal);
    const image = this.#named(reference);
    const digest = this.registry.get(reference);
    return succeeded(image && { id: image.id, ...(digest !== undefined && { digest }) });
  }

  async open(image: string, _place: ImagePlace, work: Work): Promise<Outcome<OpenedImage>> {
    await Promise.resolve();
    if (work.signal.aborted) return cancelledBy(work.signal);
    const found = this.#named(image);
    if (!found) return failed({ code: 'image-unavailable', image, detail: 'the image does not exist' });
    return succeeded({
      id: found.id,
      config: fakeImageConfig(found.history, found.labels),
      copyOut: async (path) => await Promise.resolve(fakeCopyOut(found.files, path)),
      owner: async (path) => await Promise.resolve(fakeCopyOut(found.files, path) && { uid: 0, gid: 0 }),
      [Symbol.asyncDispose]: async () => {},
    });
  }

  async tag(image: string, reference: string, signal: AbortSignal): Promise<Outcome> {
    await Promise.resolve();
    if (signal.aborted) return cancelledBy(signal);
    const found = this.#named(image);
    if (!found) return failed({ code: 'image-unavailable', image, detail: 'the image does not exist' });
    this.images.set(reference, found);
    return succeeded(undefined);
  }

  /** Returns an image by a reference or its id. */
  #named(image: string): FakeImage | undefined {
    return this.images.get(image) ?? [...this.images.values()].find(({ id }) => id === image);
  }

  get #platform(): string {
    return this.#settings.platform ?? 'linux/amd64';
  }

  /** Returns the public keys by id, or why an agent has none. */
  async #publicKeys({ ssh = new Map() }: ImageBuild): Promise<ReadonlyMap<string, string> | Error> {
    const keys = new Map<string, string>();
    for (const [id, each] of ssh) {
      try {
        keys.set(id, (await this.#settings.publicKeys?.(each)) ?? '');
      } catch (error) {
        return new Error(`cannot use the SSH keys with id ${id}: ${error instanceof Error ? error.message : ''}`);
      }
    }
    return keys;
  }

  async #instruct(
    { name, rest, text }: FakeInstruction,
    build: ImageBuild,
    context: FakeFiles,
    image: Making,
    work: Work,
  ): Promise<Failure | undefined> {
    switch (name) {
      case 'FROM':
        image.files.clear();
        image.history.length = 0;
        return this.#from(fromOf(rest).image, build);
      case 'ARG': {
        const [arg = '', value = ''] = rest.split('=');
        image.args.set(arg, build.args.find((given) => given.name === arg)?.value ?? value);
        return undefined;
      }
      case 'COPY': {
        const [from = '', to = ''] = rest.split(/\s+/);
        for (const [path, content] of context)
          if (from === '.' || path === from) image.files.set(from === '.' ? `${to}/${path}` : to, content);
        return undefined;
      }
      case 'LABEL':
      case 'ENV':
      case 'ENTRYPOINT':
      case 'CMD':
      case 'EXPOSE':
      case 'VOLUME':
      case 'WORKDIR':
      case 'USER':
        return undefined;
      case 'RUN':
        return await this.#run(rest, text, build, image, work);
      default:
        return { code: 'build-failed', detail: `unknown instruction: ${name}` };
    }
  }

  #from(image: string, { platforms: [platform = this.#platform] = [] }: ImageBuild): Failure | undefined {
    if (image === 'scratch') return undefined;
    if (this.#settings.hasImage?.(image) === false)
      return { code: 'image-unavailable', image, detail: 'the fake engine does not have the image' };
    return platform === this.#platform
      ? undefined
      : { code: 'build-failed', detail: `the image ${image} is for ${this.#platform}, not for ${platform}` };
  }

  async #run(
    rest: string,
    text: string,
    { secrets }: ImageBuild,
    { args, ssh, files, given }: Making,
    work: Work,
  ): Promise<Failure | undefined> {
    for (const run of fakeCommands(rest, { args, secrets, ssh, files: new Map([...files, ...given]) })) {
      if (run.does === 'print') await work.output.write('combined', Buffer.from(run.text));
      else if (run.does === 'hang') await this.#hang(text, work.signal);
      else if (run.code !== 0) return { code: 'build-failed', detail: `exit code ${run.code}: ${text}` };
    }
    return undefined;
  }

  async #hang(command: string, signal: AbortSignal): Promise<void> {
    this.hanging.add(command);
    await aborted(signal);
    this.hanging.delete(command);
  }
}

async function readFiles({ context }: ImageBuild, signal: AbortSignal): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for await (const { header, body } of readTar(context.open({ uid: 0, gid: 0 }, signal))) {
    const parts: Uint8Array[] = [];
    for await (const part of body) parts.push(Buffer.from(part));
    if (header.type === 'file') files.set(header.name.toString(), Buffer.concat(parts).toString());
  }
  return files;
}

function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
