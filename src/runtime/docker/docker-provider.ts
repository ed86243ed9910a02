import type { Clock } from '../../model/clock.ts';
import type { Connection, RuntimeProvider } from '../runtime.ts';
import { addressText, type EngineAddress } from './api/engine-address.ts';
import { isKnownApi, negotiateApi } from './api/api-version.ts';
import { EngineClient } from './api/engine-client.ts';
import { EngineError, EngineLost } from './api/engine-error.ts';
import { adviceFor } from './api/engine-advice.ts';
import { enginePlaces, type EngineEnvironment } from './api/engine-search.ts';
import { openTransport } from './api/engine-transport.ts';
import type { EngineSession } from './api/engine-session.ts';
import { DockerRuntime } from './docker-runtime.ts';
import { credentialFiles } from '../../registry/registry-credentials.ts';

export interface DockerProviderOptions extends EngineEnvironment {
  readonly clock: Clock;
}

/** A local engine answers at once. An engine behind ssh takes the time of a login. */
const answerMs = 3_000;
const sshAnswerMs = 12_000;
const podmanComponent = 'Podman Engine';

/** Opens a runtime for `--on docker`: Docker, Podman, or another engine with the Docker API. */
export function dockerProvider(options: DockerProviderOptions): RuntimeProvider {
  return {
    kind: 'docker',
    connect: async (signal): Promise<Connection> => {
      const { chosen, places } = await enginePlaces(options);
      const looked: { where: string; result: string }[] = [];
      for (const place of places) {
        const found = 'problem' in place.at ? place.at.problem : await openEngine(place.at.address, options, signal);
        if (typeof found !== 'string') return { status: 'connected', runtime: found };
        looked.push({
          where: 'address' in place.at && chosen ? `${place.where} (${addressText(place.at.address)})` : place.where,
          result: found,
        });
      }
      return {
        status: 'unavailable',
        looked,
        advice: adviceFor({ chosen, places, results: looked.map(({ result }) => result) }),
      };
    },
  };
}

/** The fields of a response to `/version` that are used. */
interface EngineVersion {
  readonly Version?: string;
  readonly ApiVersion?: string;
  readonly MinAPIVersion?: string;
  readonly Os?: string;
  readonly Components?: readonly { readonly Name: string; readonly Version: string }[];
}

/** Returns the engine at an address, or the reason why it cannot be used. */
export async function openEngine(
  address: EngineAddress,
  options: DockerProviderOptions,
  signal: AbortSignal,
): Promise<DockerRuntime | string> {
  const opened = await openSession(address, options, signal);
  return typeof opened === 'string' ? opened : new DockerRuntime(opened.session, opened.engine);
}

export async function openSession(
  address: EngineAddress,
  { env, home, clock }: DockerProviderOptions,
  signal: AbortSignal,
): Promise<{ session: EngineSession; engine: string } | string> {
  const bare = new EngineClient(await openTransport(address, env), clock, '');
  try {
    const { newest, version } = await introduce(bare, address, signal);
    const api = negotiateApi(newest, version.MinAPIVersion);
    if ('problem' in api) return closed(bare, api.problem);
    if (version.Os === 'windows') return closed(bare, 'the engine runs Windows containers, which are not supported');
    const podman = version.Components?.find(({ Name }) => Name === podmanComponent);
    const engine = podman ? `Podman ${podman.Version}` : `Docker ${plainVersion(version.Version)}`;
    const session = {
      engine: bare.speaking(`/v${api.version}`),
      bare,
      address,
      flavor: podman ? ('podman' as const) : ('docker' as const),
      clock,
      credentials: credentialFiles(env, home),
      owners: new Map(),
      folders: new Map(),
    };
    return { session, engine };
  } catch (error) {
    bare.close();
    signal.throwIfAborted();
    if (error instanceof EngineLost || error instanceof EngineError) return error.message;
    throw error;
  }
}

/**
 * Detects the engine and its API version. `/_ping` reports the newest version, and works without a version in the path.
 * Its headers usually suffice. `/version` takes Docker 10 ms and Podman 0.4 s, because they run helper programs.
 */
async function introduce(
  bare: EngineClient,
  address: EngineAddress,
  signal: AbortSignal,
): Promise<{ newest: string | undefined; version: EngineVersion }> {
  const deadlineMs = address.kind === 'ssh' ? sshAnswerMs : answerMs;
  const ping = await bare.open('GET', '/_ping', { signal, deadlineMs });
  ping.resume();
  const { 'api-version': newest, 'libpod-api-version': podman, server, ostype } = ping.headers;
  if (typeof newest === 'string' && typeof podman === 'string')
    return { newest, version: { Components: [{ Name: podmanComponent, Version: podman }] } };
  const docker = /^Docker\/(\S+)/.exec(String(server))?.[1];
  if (typeof newest === 'string' && docker !== undefined && typeof ostype === 'string' && isKnownApi(newest))
    return { newest, version: { Version: docker, Os: ostype } };
  const version = await bare.json<EngineVersion>('GET', '/version', { signal, deadlineMs });
  return { newest: typeof newest === 'string' ? newest : version.ApiVersion, version };
}

function closed(client: EngineClient, problem: string): string {
  client.close();
  return problem;
}

/** Drops what distributions append: `20.10.24+dfsg1`. */
function plainVersion(version = ''): string {
  return version.replace(/\+.*$/, '');
}
