import { cancelledBy, failed, succeeded, type Failure, type Outcome } from '../../../model/outcome.ts';
import type { Work } from '../../../model/work.ts';
import type { BuiltImage, FoundImage, ImageBuild, ImageBuilder, ImagePush, PushedImage } from '../../image-builder.ts';
import type { ImagePlace, OpenedImage } from '../../opened-image.ts';
import { parseImageReference } from '../../../registry/image-reference.ts';
import { splitImageName } from '../../../util/image-grammar.ts';
import { asEngineLost, EngineError, EngineLost } from '../api/engine-error.ts';
import { engineDiskFull } from '../api/engine-failure.ts';
import type { EngineSession } from '../api/engine-session.ts';
import { inspectImage } from '../images/image-facts.ts';
import { pullImage } from '../images/pull-image.ts';
import { BuildFailed, buildFailure } from '../../build-failure.ts';
import { unsupportedOption, type BuilderLimits } from '../../build-options.ts';
import { buildKitLimits, buildWithBuildKit } from './buildkit-build.ts';
import { loadImage } from './load-image.ts';
import { openImage } from './open-image.ts';
import { pushImage } from './push-image.ts';
import { buildStepwise, classicLimits, lostCachedLayer, podmanLimits } from './stepwise-build.ts';

/** Selects an engine's builder. `default`: the engine's preferred one if it supports the build. */
export type BuilderChoice = 'default' | 'classic';

/** Builds and pushes over the API of Docker or Podman. Does not need the `docker` command. */
export class DockerImageBuilder implements ImageBuilder {
  readonly #session: EngineSession;
  readonly #choice: BuilderChoice;

  constructor(session: EngineSession, choice: BuilderChoice = 'default') {
    this.#session = session;
    this.#choice = choice;
  }

  async build(build: ImageBuild, work: Work): Promise<Outcome<BuiltImage>> {
    for (let tried = 1; ; tried++) {
      const outcome = await this.#buildOnce(build, work);
      if (outcome.status !== 'failed' || !lostCachedLayer(outcome.failure) || tried === 3) return outcome;
      await work.output.write('combined', Buffer.from('Podman lost a layer of its cache: the build starts again\n'));
    }
  }

  async #buildOnce(build: ImageBuild, work: Work): Promise<Outcome<BuiltImage>> {
    const context = new RecordingStream(build.context.open({ uid: 0, gid: 0 }, work.signal));
    try {
      const builder = await this.#builderOf(build, work.signal);
      const unsupported = unsupportedOption(build, builder.limits);
      if (unsupported !== undefined) return failed(unsupported);
      const missing = build.pull === 'never' ? await this.#missing(build.baseImages) : undefined;
      if (missing !== undefined)
        return failed({
          code: 'image-unavailable',
          image: missing,
          detail: 'the engine does not have the image, and --pull never forbids pulling it',
          notPulled: true,
        });
      const id = await builder.run(this.#session, build, context, work);
      await this.#checkPlatform(id, build);
      return succeeded({ id });
    } catch (error) {
      if (work.signal.aborted) return cancelledBy(work.signal);
      // An error of the context also broke the build, and gives the reason.
      if (context.broken !== undefined) throw context.broken;
      return failed(known(error, (said) => buildFailure(new BuildFailed(said, undefined))));
    }
  }

  async push(push: ImagePush, work: Work): Promise<Outcome<PushedImage>> {
    try {
      const digest = await pushImage(this.#session, push, work);
      work.output.observe({ type: 'image.pushed', image: push.reference, digest });
      return succeeded({ digest });
    } catch (error) {
      if (work.signal.aborted) return cancelledBy(work.signal);
      return failed(
        known(error, (said) => ({
          code: 'push-failed',
          image: push.reference,
          detail: withAdvice(said, this.#session.flavor),
        })),
      );
    }
  }

  async find(reference: string, signal: AbortSignal): Promise<Outcome<FoundImage | undefined>> {
    try {
      const image = await inspectImage(this.#session, reference, signal);
      if (image === undefined) return succeeded(undefined);
      const digest = image.RepoDigests?.map((one) => one.split('@')).find(([name]) => isOf(reference, name))?.[1];
      const { Env: env, WorkingDir: workdir, User: user, OnBuild: onbuild } = image.Config ?? {};
      return succeeded({
        id: image.Id,
        ...(digest !== undefined && { digest }),
        ...(workdir && { workdir }),
        ...(user && { user }),
        ...(env && { env }),
        ...(onbuild && { onbuild }),
      });
    } catch (error) {
      if (signal.aborted) return cancelledBy(signal);
      return failed(known(error, (said) => ({ code: 'runtime-lost', detail: said })));
    }
  }

  async tag(image: string, reference: string, signal: AbortSignal): Promise<Outcome> {
    const { name, tag } = splitImageName(reference);
    try {
      const response = await this.#session.engine.open('POST', `/images/${image}/tag`, {
        query: { repo: name, tag: tag ?? 'latest' },
        signal,
      });
      response.resume();
      return succeeded(undefined);
    } catch (error) {
      if (signal.aborted) return cancelledBy(signal);
      return failed(known(error, (detail) => ({ code: 'image-unavailable', image, detail })));
    }
  }

  async pull(reference: string, work: Work): Promise<Outcome<BuiltImage | undefined>> {
    try {
      await pullImage(this.#session.engine, reference, this.#session.credentials, work);
      const image = await inspectImage(this.#session, reference, work.signal);
      return succeeded(image && { id: image.Id });
    } catch (error) {
      if (work.signal.aborted) return cancelledBy(work.signal);
      const missing: Failure = { code: 'image-unavailable', image: reference, detail: '' };
      const failure = known(error, () => missing);
      return failure === missing ? succeeded(undefined) : failed(failure);
    }
  }

  async load(archive: AsyncIterable<Uint8Array>, reference: string, work: Work): Promise<Outcome<BuiltImage>> {
    const stream = new RecordingStream(archive);
    try {
      const loaded = await loadImage(this.#session, stream, work.signal);
      const tagged = await this.tag(loaded, reference, work.signal);
      if (tagged.status !== 'succeeded') return tagged;
      const image = await inspectImage(this.#session, loaded, work.signal);
      return succeeded({ id: image?.Id ?? loaded });
    } catch (error) {
      if (work.signal.aborted) return cancelledBy(work.signal);
      if (stream.broken !== undefined) throw stream.broken;
      return failed(known(error, (said) => ({ code: 'build-failed', detail: said })));
    }
  }

  async open(image: string, place: ImagePlace, work: Work): Promise<Outcome<OpenedImage>> {
    return await openImage(this.#session, image, place, work);
  }

  async #builderOf({ secrets, ssh, buildkit }: ImageBuild, signal: AbortSignal): Promise<EngineBuilder> {
    if (this.#session.flavor === 'podman') return { limits: podmanLimits, run: buildStepwise };
    const needsBuildKit = secrets.size > 0 || (ssh?.size ?? 0) > 0;
    // An engine that prefers the older builder has BuildKit nevertheless.
    const asked = this.#choice === 'classic' ? true : buildkit === undefined ? undefined : !buildkit;
    const classic = asked ?? (!needsBuildKit && (await this.#prefersClassic(signal)));
    return classic ? { limits: classicLimits, run: buildStepwise } : { limits: buildKitLimits, run: buildWithBuildKit };
  }

  /** Reports whether BuildKit is off. Engines since 18.09 have it; the configuration may disable it. */
  async #prefersClassic(signal: AbortSignal): Promise<boolean> {
    const ping = await this.#session.bare.open('GET', '/_ping', { signal });
    ping.resume();
    return ping.headers['builder-version'] === '1';
  }

  /** Some builders use a base image of another platform without a warning. */
  async #checkPlatform(id: string, { platforms: [wanted] = [] }: ImageBuild): Promise<void> {
    const image = wanted === undefined ? undefined : await inspectImage(this.#session, id);
    if (wanted === undefined || image === undefined) return;
    const built = `${image.Os ?? ''}/${image.Architecture ?? ''}`;
    if (wanted !== built && !wanted.startsWith(`${built}/`))
      throw new BuildFailed(
        `the image is for ${built}, not for ${wanted}, because its base image is: use a base image for ${wanted}`,
        undefined,
      );
  }

  async #missing(images: readonly string[]): Promise<string | undefined> {
    for (const image of images) if ((await inspectImage(this.#session, image)) === undefined) return image;
    return undefined;
  }
}

interface EngineBuilder {
  readonly limits: BuilderLimits;
  run(session: EngineSession, build: ImageBuild, context: AsyncIterable<Uint8Array>, work: Work): Promise<string>;
}

/**
 * Returns the failure of an engine's error. Rethrows other errors.
 * @param refused returns the failure for the engine's message
 */
function known(error: unknown, refused: (said: string) => Failure): Failure {
  if (error instanceof BuildFailed) return buildFailure(error);
  const lost = asEngineLost(error);
  if (lost instanceof EngineLost) return { code: 'runtime-lost', detail: lost.message };
  if (error instanceof EngineError) return engineDiskFull(error.said) ?? refused(error.said);
  throw error;
}

/** Adds how to allow a registry without TLS. Docker decides that in its own configuration only, for all users. */
function withAdvice(said: string, flavor: EngineSession['flavor']): string {
  const insecure = /server gave HTTP response to HTTPS client|x509: |tls: /.test(said);
  if (!insecure) return said.trim();
  return flavor === 'docker'
    ? `${said.trim()}\nto push to this registry, add it to "insecure-registries" in /etc/docker/daemon.json`
    : `${said.trim()}\nfor a registry without TLS or with an untrusted certificate, set REG_INSECURE to true`;
}

/** A stream that records its error: its reader only reports that it ended. */
class RecordingStream implements AsyncIterable<Uint8Array> {
  broken: Error | undefined;
  readonly #inner: AsyncIterable<Uint8Array>;

  constructor(inner: AsyncIterable<Uint8Array>) {
    this.#inner = inner;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield* this.#inner;
    } catch (error) {
      this.broken = error instanceof Error ? error : new Error(String(error));
      throw error;
    }
  }
}

/** Reports whether a reference is one of a repository. */
function isOf(reference: string, repository = ''): boolean {
  const [a, b] = [parseImageReference(reference), parseImageReference(repository)];
  return a.registry === b.registry && a.repository === b.repository;
}
