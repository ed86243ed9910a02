import type { Work } from '../../../model/work.ts';
import { writeTar, type TarInput } from '../../../tar/tar-writer.ts';
import { concatTars } from '../../../tar/tar-concat.ts';
import type { ImageBuild } from '../../image-builder.ts';
import { EngineLost } from '../api/engine-error.ts';
import type { EngineSession } from '../api/engine-session.ts';
import { inspectImage } from '../images/image-facts.ts';
import { PullProgress } from '../images/pull-image.ts';
import { headerJson } from '../../../registry/registry-credentials.ts';
import { BuildFailed } from '../../build-failure.ts';
import { readBuildStep, stepProgress } from '../../build-step-line.ts';
import { errorOf, imageIdOf, reportsOf, type BuildReport } from './build-report.ts';
import { buildParameters } from './build-request.ts';
import { registryConfig } from './registry-login.ts';

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
  const answer = await session.engine.open(
    'POST',
    `/build?${(podman ? podmanParameters(build) : classicParameters(build)).toString()}`,
    {
      tar: podman ? withSecretFiles(context, build) : context,
      answersWhileSent: true,
      headers: { 'X-Registry-Config': headerJson(logins) },
      signal: work.signal,
      deadlineMs: 'never',
    },
  );
  const image = await follow(reportsOf(answer), work);
  // Podman reports only the first twelve digits.
  return (await inspectImage(session, image))?.Id ?? image;
}

function classicParameters(build: ImageBuild): URLSearchParams {
  const parameters = buildParameters(build);
  parameters.set('version', '1');
  return parameters;
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
  if (build.insecure) parameters.set('tlsVerify', 'false');
  if (build.secrets.size > 0) parameters.set('secrets', JSON.stringify([...build.secrets.keys()].map(secretParameter)));
  return parameters;
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
