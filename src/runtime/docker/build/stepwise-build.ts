import type { Failure } from '../../../model/outcome.ts';
import type { Work } from '../../../model/work.ts';
import { writeTar, type TarInput } from '../../../tar/tar-writer.ts';
import { concatTars } from '../../../tar/tar-concat.ts';
import { noBuildKit, type BuilderLimits } from '../../build-options.ts';
import type { ImageBuild } from '../../image-builder.ts';
import { EngineLost } from '../api/engine-error.ts';
import type { EngineSession } from '../api/engine-session.ts';
import { inspectImage } from '../images/image-facts.ts';
import { PullProgress } from '../images/pull-image.ts';
import { headerJson } from '../../../registry/registry-credentials.ts';
import { BuildFailed } from '../../build-failure.ts';
import { readBuildStep, stepProgress } from '../../build-step-line.ts';
import { errorOf, imageIdOf, reportsOf, type BuildReport } from './build-report.ts';
import { buildParameters, dockerParameters, extraHosts } from './build-request.ts';
import { registryConfig } from './registry-login.ts';

const needsBuildKit = () => 'it needs BuildKit: enable BuildKit in the configuration of the engine';

export const classicLimits: BuilderLimits = {
  builder: "Docker's builder without BuildKit",
  refuses: { secrets: needsBuildKit, ssh: needsBuildKit },
};

export const podmanLimits: BuilderLimits = {
  builder: 'Podman',
  refuses: {
    ...noBuildKit,
    ssh: () => 'its API forwards no ssh-agent: use --on docker',
    cacheFrom: () => 'its API reads no layers of images: leave it out, because Podman reuses its own layers',
  },
};

/**
 * Builds with a builder that runs one instruction after the other and reports as text: Podman's, and Docker's before
 * BuildKit.
 */
export async function buildStepwise(
  session: EngineSession,
  build: ImageBuild,
  context: AsyncIterable<Uint8Array>,
  work: Work,
): Promise<string> {
  const podman = session.flavor === 'podman';
  const logins = await registryConfig(build.baseImages, {
    login: build.login,
    own: session.credentials,
    signal: work.signal,
  });
  const parameters = podman ? podmanParameters(build) : dockerParameters(build, '1');
  // Both caches mix up platforms: Docker's ignores variants, Podman's ignores platforms of stages from scratch.
  if (parameters.has('platform')) parameters.set('nocache', '1');
  const answer = await session.engine.open('POST', `/build?${parameters.toString()}`, {
    tar: podman ? withSecretFiles(context, build) : context,
    answersWhileSent: true,
    headers: { 'X-Registry-Config': headerJson(logins) },
    signal: work.signal,
    deadlineMs: 'never',
  });
  const image = await follow(reportsOf(answer), work);
  // Podman reports only the first twelve digits.
  return (await inspectImage(session, image))?.Id ?? image;
}

/**
 * Reports whether a build failed because Podman's cache changed while it was read: a layer was listed, and another build
 * or `podman rmi` removed it before it was looked up. The next build finds the cache in order. Buildah before 1.43 fails
 * (containers/buildah issue 5674).
 */
export function lostCachedLayer(failure: Failure): boolean {
  return failure.code === 'build-failed' && /getting top layer info: layer not known/.test(failure.detail);
}

/** `.dockerignore` has already been applied. A pattern that matches nothing keeps Podman from applying it again. */
const nothingMore = ['.slipway.Dockerfile'];

function podmanParameters(build: ImageBuild): URLSearchParams {
  const parameters = buildParameters(build);
  // Podman parses a name like a JSON list as a list of files on the engine's machine.
  parameters.set('dockerfile', `./${build.dockerfile}`);
  parameters.set('pullpolicy', build.pull);
  parameters.set('excludes', JSON.stringify(nothingMore));
  // Reuse the layers of one build in the next, as Docker does.
  parameters.set('layers', '1');
  const { network = 'default' } = build;
  if (network !== 'default') {
    parameters.set('nsoptions', JSON.stringify([networkNamespace(network)]));
    if (network === 'none') parameters.set('networkmode', 'NetworkDisabled');
  }
  if (build.addHosts !== undefined) parameters.set('extrahosts', JSON.stringify(extraHosts(build)));
  if (build.insecure) parameters.set('tlsVerify', 'false');
  if (build.secrets.size > 0) parameters.set('secrets', JSON.stringify([...build.secrets.keys()].map(secretParameter)));
  return parameters;
}

/** Podman ignores the network modes of Docker. Its own client sends this instead. */
function networkNamespace(network: string): { Name: string; Host: boolean; Path?: string } {
  if (network === 'host') return { Name: 'network', Host: true };
  return { Name: 'network', Host: false, ...(network !== 'none' && { Path: network }) };
}

/**
 * Formats a secret for Podman. The value is a comma-separated list of options. An id such as `x,src=…` could read any
 * file of the engine's machine.
 */
function secretParameter(id: string, index: number): string {
  if (/[,"\r\n]/.test(id)) throw new Error(`invalid secret id: ${JSON.stringify(id)}`);
  return `id=${id},src=${secretFile(index)}`;
}

function secretFile(index: number): string {
  return `.slipway-secret-${index + 1}`;
}

/** Adds the secrets to the context's root. Podman moves them out before the first instruction. */
function withSecretFiles(context: AsyncIterable<Uint8Array>, build: ImageBuild): AsyncIterable<Uint8Array> {
  if (build.secrets.size === 0) return context;
  const files = [...build.secrets.values()].map((value, i): TarInput => {
    const body = Buffer.from(value);
    return {
      header: {
        name: Buffer.from(secretFile(i)),
        type: 'file',
        mode: 0o600,
        uid: 0,
        gid: 0,
        size: body.length,
        mtimeMs: 0,
      },
      body,
    };
  });
  return concatTars([context, writeTar(files)]);
}

async function follow(reports: AsyncIterable<BuildReport>, work: Work): Promise<string> {
  const { output } = work;
  const pulled = new PullProgress();
  let at: string | undefined;
  let image: string | undefined;
  for await (const report of reports) {
    const error = errorOf(report);
    if (error !== undefined) throw new BuildFailed(error, at);
    image = imageIdOf(report) ?? image;
    if (report.stream !== undefined) {
      const step = readBuildStep(report.stream);
      if (step !== undefined) {
        at = step.instruction;
        output.observe(stepProgress(step));
      }
      image = /^Successfully built ([0-9a-f]{12,64})\s*$/.exec(report.stream)?.[1] ?? image;
      await output.write('combined', Buffer.from(report.stream));
    } else if (report.status !== undefined) {
      const sum = pulled.add(report);
      if (sum) output.observe({ type: 'image.pulling', image: at?.split(/\s+/)[1] ?? '', ...sum });
    }
  }
  if (image === undefined) throw new EngineLost('the engine ended the build without a result');
  return image;
}
