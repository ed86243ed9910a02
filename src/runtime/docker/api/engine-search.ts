import { join } from 'node:path';
import { contextAddress, currentContext, dockerConfigFolder, tlsFiles } from './docker-contexts.ts';
import { parseEngineAddress, type EngineAddress, type ParsedAddress } from './engine-address.ts';

/** The parts of the user's environment that name engines. */
export interface EngineEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** The user id; -1 on systems without user ids. */
  readonly uid: number;
}

/** A place to search. */
export interface EnginePlace {
  /** For display: `DOCKER_HOST`, `the docker context "desktop"`, a socket's path. */
  readonly where: string;
  readonly at: ParsedAddress;
  /** The command that undoes the user's choice. Absent if the user chose nothing. */
  readonly undo?: string;
}

export interface EnginePlaces {
  /** The user named this engine. Never use another one silently. */
  readonly chosen: boolean;
  /** In search order. */
  readonly places: readonly EnginePlace[];
}

/**
 * Returns the places in the order of the Docker CLI: `DOCKER_HOST`, `DOCKER_CONTEXT`, the current context; otherwise
 * the usual sockets of engines.
 */
export async function enginePlaces(surroundings: EngineEnvironment): Promise<EnginePlaces> {
  const { env, home } = surroundings;
  const folder = dockerConfigFolder(env, home);
  if (env['DOCKER_HOST'])
    return {
      chosen: true,
      places: [
        { where: 'DOCKER_HOST', undo: 'unset DOCKER_HOST', at: await hostAddress(env['DOCKER_HOST'], env, folder) },
      ],
    };
  const named = env['DOCKER_CONTEXT'] && env['DOCKER_CONTEXT'] !== 'default' ? env['DOCKER_CONTEXT'] : undefined;
  const context = env['DOCKER_CONTEXT'] ? named : await currentContext(folder);
  const undo = env['DOCKER_CONTEXT'] ? 'unset DOCKER_CONTEXT' : 'docker context use default';
  if (context !== undefined)
    return {
      chosen: true,
      places: [{ where: `the docker context "${context}"`, undo, at: await contextAddress(folder, context) }],
    };
  return {
    chosen: false,
    places: knownSockets(surroundings).map((path) => ({
      where: path,
      at: { address: { kind: 'unix', path } satisfies EngineAddress },
    })),
  };
}

/** Returns the usual sockets: Docker before Podman, the system's before the user's. */
export function knownSockets({ env, home, uid }: EngineEnvironment): readonly string[] {
  const runtimeFolder = env['XDG_RUNTIME_DIR'] ? env['XDG_RUNTIME_DIR'] : uid > 0 ? `/run/user/${uid}` : undefined;
  const temporary = env['TMPDIR'] ? env['TMPDIR'] : undefined;
  return [
    '/var/run/docker.sock',
    ...(runtimeFolder === undefined ? [] : [join(runtimeFolder, 'docker.sock')]),
    join(home, '.docker', 'run', 'docker.sock'),
    join(home, '.docker', 'desktop', 'docker.sock'),
    join(home, '.colima', 'default', 'docker.sock'),
    ...(runtimeFolder === undefined ? [] : [join(runtimeFolder, 'podman', 'podman.sock')]),
    // The system's Podman socket belongs to root. Other users cannot read it.
    '/run/podman/podman.sock',
    join(home, '.local', 'share', 'containers', 'podman', 'machine', 'podman.sock'),
    join(home, '.local', 'share', 'containers', 'podman', 'machine', 'podman-machine-default', 'podman.sock'),
    ...(temporary === undefined ? [] : [join(temporary, 'podman', 'podman-machine-default-api.sock')]),
  ];
}

async function hostAddress(host: string, env: EngineEnvironment['env'], folder: string): Promise<ParsedAddress> {
  if (!env['DOCKER_TLS_VERIFY']) return parseEngineAddress(host);
  const files = await tlsFiles(env['DOCKER_CERT_PATH'] ? env['DOCKER_CERT_PATH'] : folder, true);
  return parseEngineAddress(host, files ?? { verify: true });
}
