import { protoFields, protoMessage } from './protobuf.ts';
import { GrpcError, grpcStatus, serveGrpc, type GrpcMethod } from './grpc-server.ts';
import type { EngineClient } from '../api/engine-client.ts';
import type { SshForwarding } from './ssh-forwarding.ts';
import type { RegistryCredentials } from '../../../registry/registry-credentials.ts';

/** What BuildKit may request during a build. */
export interface BuildAnswers {
  /** By id. */
  readonly secrets: ReadonlyMap<string, string>;
  credentials(registry: string): Promise<RegistryCredentials | undefined>;
  readonly ssh: SshForwarding;
}

const healthPath = '/grpc.health.v1.Health/Check';
const secretPath = '/moby.buildkit.secrets.v1.Secrets/GetSecret';
const credentialsPath = '/moby.filesync.v1.Auth/Credentials';
const serving = 1;

/**
 * Opens the second connection of a BuildKit build. Over it the engine requests secrets, credentials and signatures of
 * SSH keys by gRPC when it needs them. They are in no request, no file and no image. Dispose the session after the
 * build.
 * @param id names the session to the build
 */
export async function openBuildSession(
  engine: EngineClient,
  id: string,
  answers: BuildAnswers,
  signal: AbortSignal,
): Promise<Disposable> {
  const methods = sessionMethods(answers);
  const connection = await engine.hijack('/session', {
    headers: {
      Upgrade: 'h2c',
      'X-Docker-Expose-Session-Uuid': id,
      'X-Docker-Expose-Session-Name': 'slipway',
      'X-Docker-Expose-Session-Sharedkey': '',
      // Node sends a header with a list once for each value.
      'X-Docker-Expose-Session-Grpc-Method': [...methods.keys()],
    },
    signal,
  });
  const served = serveGrpc(connection, methods);
  return {
    [Symbol.dispose]: () => {
      served.destroy();
      connection.destroy();
    },
  };
}

export function sessionMethods(answers: BuildAnswers): ReadonlyMap<string, GrpcMethod> {
  return new Map<string, GrpcMethod>([
    [healthPath, () => protoMessage([1, serving])],
    [
      secretPath,
      (request) => {
        const id = firstText(request);
        const value = answers.secrets.get(id);
        if (value === undefined) throw new GrpcError(grpcStatus.notFound, `the build has no secret ${id}`);
        return protoMessage([1, value]);
      },
    ],
    [
      credentialsPath,
      async (request) => {
        const found = await answers.credentials(firstText(request));
        if (found === undefined) return protoMessage();
        // A token replaces user name and password.
        return 'identitytoken' in found
          ? protoMessage([2, found.identitytoken])
          : protoMessage([1, found.username], [2, found.password]);
      },
    ],
    ...answers.ssh.methods(),
  ]);
}

/** Returns the only field of these requests: an id or a host. */
function firstText(request: Buffer): string {
  for (const { number, value } of protoFields(request))
    if (number === 1 && typeof value !== 'number') return value.toString();
  return '';
}
