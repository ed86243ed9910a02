import { randomUUID } from 'node:crypto';
import type { Work } from '../../../model/work.ts';
import type { BuilderLimits } from '../../build-options.ts';
import type { ImageBuild } from '../../image-builder.ts';
import type { EngineSession } from '../api/engine-session.ts';
import { EngineLost } from '../api/engine-error.ts';
import { BuildFailed } from '../../build-failure.ts';
import { BuildLog } from './build-log.ts';
import { errorOf, imageIdOf, reportsOf, type BuildReport } from './build-report.ts';
import { dockerParameters } from './build-request.ts';
import { openBuildSession } from './build-session.ts';
import { decodeBuildStatus } from './build-status.ts';
import { credentialsToPull, registryReference } from './registry-login.ts';
import { SshForwarding } from './ssh-forwarding.ts';

export const buildKitLimits: BuilderLimits = {
  builder: 'BuildKit',
  refuses: {
    network: (network) =>
      ['none', 'host'].includes(network) ? undefined : `it has no network ${network}: use default, none or host`,
  },
};

/** How long to wait for an engine to confirm the end of a build. */
const cancelledWithinMs = 10_000;
const traceId = 'moby.buildkit.trace';

/** Builds with Docker's built-in BuildKit. Returns the image's id. */
export async function buildWithBuildKit(
  session: EngineSession,
  build: ImageBuild,
  context: AsyncIterable<Uint8Array>,
  work: Work,
): Promise<string> {
  const { engine } = session;
  const { signal } = work;
  const id = randomUUID();
  const logins = { login: build.login, own: session.credentials, signal };
  using ssh = new SshForwarding(build.ssh ?? new Map());
  await ssh.check();
  using _answers = await openBuildSession(
    engine,
    id,
    {
      secrets: build.secrets,
      ssh,
      credentials: async (host) => (await credentialsToPull(registryReference(host), logins)).credentials,
    },
    signal,
  );
  const parameters = dockerParameters(build, '2');
  parameters.set('session', id);
  parameters.set('buildid', id);
  const answer = await engine.open('POST', `/build?${parameters.toString()}`, {
    tar: context,
    answersWhileSent: true,
    signal,
    deadlineMs: 'never',
  });
  try {
    return await follow(reportsOf(answer), work);
  } catch (error) {
    // Closing the connection also ends the build, but only this response confirms it.
    if (signal.aborted) {
      const call = { query: { id }, deadlineMs: cancelledWithinMs };
      await engine.json('POST', '/build/cancel', call).catch(() => undefined);
    }
    throw error;
  }
}

async function follow(reports: AsyncIterable<BuildReport>, work: Work): Promise<string> {
  const log = new BuildLog(work.output);
  let image: string | undefined;
  try {
    for await (const report of reports) {
      const error = errorOf(report);
      if (error !== undefined) throw new BuildFailed(error, log.failed?.name);
      if (report.id === traceId && typeof report.aux === 'string')
        await log.add(decodeBuildStatus(Buffer.from(report.aux, 'base64')));
      else image = imageIdOf(report) ?? image;
    }
  } finally {
    await log.end();
  }
  if (image === undefined) throw new EngineLost('the engine ended the build without a result');
  return image;
}
