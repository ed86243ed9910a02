import { cancelledBy, failed, succeeded, type Failure, type Outcome } from '../../../model/outcome.ts';
import type { Work } from '../../../model/work.ts';
import type { BuiltImage, ImageBuild, ImageBuilder, ImagePush, PushedImage } from '../../image-builder.ts';
import { asLost, EngineError, EngineLost } from '../api/engine-error.ts';
import { engineDiskFull } from '../api/engine-failure.ts';
import type { EngineSession } from '../api/engine-session.ts';
import { inspectImage } from '../images/image-facts.ts';
import { BuildFailed, buildFailure } from '../../build-failure.ts';
import { buildWithBuildKit } from './buildkit-build.ts';
import { pushImage } from './push-image.ts';
import { buildStepwise } from './stepwise-build.ts';

/**
 * Which of an engine's builders is taken: `default` is what the engine prefers, as far as it can do what is asked for.
 */
export type BuilderChoice = 'default' | 'classic';

/** Builds and pushes by the API of Docker or Podman; the `docker` command is not needed. */
export class DockerImageBuilder implements ImageBuilder {
  constructor(
    private readonly session: EngineSession,
    private readonly choice: BuilderChoice = 'default',
  ) {}

  async build(build: ImageBuild, work: Work): Promise<Outcome<BuiltImage>> {
    const context = new Remembering(build.context.open({ uid: 0, gid: 0 }, work.signal));
    try {
      const missing = build.pull === 'never' ? await this.#missing(build.baseImages) : undefined;
      if (missing !== undefined)
        return failed({
          code: 'image-unavailable',
          image: missing,
          detail: 'the engine does not have it, and --pull never keeps it from being fetched',
        });
      return succeeded({ id: await this.#build(build, context, work) });
    } catch (error) {
      if (work.signal.aborted) return cancelledBy(work.signal);
      // What broke the context broke the build with it, and is the one that tells why.
      if (context.broken !== undefined) throw context.broken;
      return failed(known(error, (said) => buildFailure(new BuildFailed(said, undefined))));
    }
  }

  async push(push: ImagePush, work: Work): Promise<Outcome<PushedImage>> {
    try {
      const digest = await pushImage(this.session, push, work);
      work.output.observe({ type: 'image.pushed', image: push.reference, digest });
      return succeeded({ digest });
    } catch (error) {
      if (work.signal.aborted) return cancelledBy(work.signal);
      return failed(
        known(error, (said) => ({
          code: 'push-failed',
          image: push.reference,
          detail: withAdvice(said, this.session.flavor),
        })),
      );
    }
  }

  async #build(build: ImageBuild, context: AsyncIterable<Uint8Array>, work: Work): Promise<string> {
    if (this.session.flavor === 'podman') return await buildStepwise(this.session, build, context, work);
    const classic =
      this.choice === 'classic' || (build.secrets.size === 0 && (await this.#prefersClassic(work.signal)));
    if (!classic) return await buildWithBuildKit(this.session, build, context, work);
    if (build.secrets.size > 0)
      throw new Unsupported('secrets of a build need BuildKit, which this engine builds without');
    return await buildStepwise(this.session, build, context, work);
  }

  /** Engines since 18.09 have BuildKit; one whose configuration turns it off says so. */
  async #prefersClassic(signal: AbortSignal): Promise<boolean> {
    const ping = await this.session.bare.open('GET', '/_ping', { signal });
    ping.resume();
    return ping.headers['builder-version'] === '1';
  }

  async #missing(images: readonly string[]): Promise<string | undefined> {
    for (const image of images) if ((await inspectImage(this.session, image)) === undefined) return image;
    return undefined;
  }
}

class Unsupported extends Error {
  override readonly name = 'Unsupported';
}

/** @param refused what it means that the engine said this; what is no error of an engine is thrown on */
function known(error: unknown, refused: (said: string) => Failure): Failure {
  if (error instanceof BuildFailed) return buildFailure(error);
  if (error instanceof Unsupported) return { code: 'unsupported', detail: error.message };
  const lost = asLost(error);
  if (lost instanceof EngineLost) return { code: 'runtime-lost', detail: lost.message };
  if (error instanceof EngineError) return engineDiskFull(error.said) ?? refused(error.said);
  throw error;
}

/** Docker alone decides which registries may do without TLS, for all who use it. */
function withAdvice(said: string, flavor: EngineSession['flavor']): string {
  const insecure = /server gave HTTP response to HTTPS client|x509: |tls: /.test(said);
  if (!insecure) return said.trim();
  return flavor === 'docker'
    ? `${said.trim()}\nDocker pushes to such a registry only if its own configuration names it: "insecure-registries" in /etc/docker/daemon.json`
    : `${said.trim()}\na registry without TLS, or with a certificate that nobody knows, is taken with REG_INSECURE set to true`;
}

/** A stream that remembers what it broke with: who reads it only tells that it ended. */
class Remembering implements AsyncIterable<Uint8Array> {
  broken: Error | undefined;

  constructor(private readonly inner: AsyncIterable<Uint8Array>) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield* this.inner;
    } catch (error) {
      this.broken = error instanceof Error ? error : new Error(String(error));
      throw error;
    }
  }
}
