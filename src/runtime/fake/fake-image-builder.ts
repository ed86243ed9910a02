import { createHash } from 'node:crypto';
import { cancelledBy, failed, succeeded, type Failure, type Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import { readTar } from '../../tar/tar-reader.ts';
import type { BuiltImage, ImageBuild, ImageBuilder, ImagePush, PushedImage, RegistryLogin } from '../image-builder.ts';
import { fakeCommands, fakeInstructions, type FakeFiles, type FakeInstruction } from './fake-dockerfile.ts';
import { aborted } from '../../util/abort.ts';

export interface FakeImage {
  readonly id: string;
  readonly files: FakeFiles;
  readonly labels: Readonly<Record<string, string>>;
  readonly history: readonly string[];
}

export interface FakeImageSettings {
  /** Default: every image exists. */
  readonly hasImage?: (image: string) => boolean;
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

  constructor(settings: FakeImageSettings = {}) {
    this.#settings = settings;
  }

  async build(build: ImageBuild, work: Work): Promise<Outcome<BuiltImage>> {
    if (work.signal.aborted) return cancelledBy(work.signal);
    this.builds.push(build);
    const files = await readFiles(build, work.signal);
    const instructions = fakeInstructions(files.get(build.dockerfile) ?? '');
    const image = { files: new Map<string, string>(), args: new Map<string, string>(), history: [] as string[] };
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
    for (const reference of build.references)
      this.images.set(reference, { id, files: image.files, labels: build.labels, history: image.history });
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
    work.output.observe({ type: 'image.pushed', image, digest });
    return succeeded({ digest });
  }

  async #instruct(
    { name, rest, text }: FakeInstruction,
    build: ImageBuild,
    context: FakeFiles,
    image: { files: Map<string, string>; args: Map<string, string> },
    work: Work,
  ): Promise<Failure | undefined> {
    switch (name) {
      case 'FROM':
        return (this.#settings.hasImage?.(rest) ?? true)
          ? undefined
          : { code: 'image-unavailable', image: rest, detail: 'the fake engine does not have the image' };
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
      case 'RUN':
        return await this.#run(rest, text, build, image, work);
      default:
        return { code: 'build-failed', detail: `unknown instruction: ${name}` };
    }
  }

  async #run(
    rest: string,
    text: string,
    build: ImageBuild,
    image: { files: FakeFiles; args: ReadonlyMap<string, string> },
    work: Work,
  ): Promise<Failure | undefined> {
    for (const run of fakeCommands(rest, image.args, build.secrets, image.files)) {
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
