import { protoFields, protoMessage } from './protobuf.ts';
import { GrpcError, grpcStatus, serveGrpc, type UnaryMethod } from './grpc-server.ts';
import type { EngineClient } from '../api/engine-client.ts';
import type { RegistryCredentials } from '../../../registry/registry-credentials.ts';

/** What BuildKit may ask for while it builds. */
export interface BuildAnswers {
  /** By id. */
  readonly secrets: ReadonlyMap<string, string>;
  credentials(registry: string): Promise<RegistryCredentials | undefined>;
}

const healthPath = '/grpc.health.v1.Health/Check';
const secretPath = '/moby.buildkit.secrets.v1.Secrets/GetSecret';
const credentialsPath = '/moby.filesync.v1.Auth/Credentials';
const serving = 1;

/**
 * The other half of a BuildKit build: a connection over which the engine asks us, by gRPC, for secrets and logins when
 * it needs them. They are in no request, no file and no image. To be disposed of when the build has ended.
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
      // Node sends a header that is a list once for each of its values.
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

export function sessionMethods(answers: BuildAnswers): ReadonlyMap<string, UnaryMethod> {
  return new Map<string, UnaryMethod>([
    [healthPath, () => protoMessage([1, serving])],
    [
      secretPath,
      (request) => {
        const id = firstText(request);
        const value = answers.secrets.get(id);
        if (value === undefined) throw new GrpcError(grpcStatus.notFound, `there is no secret ${id}`);
        return protoMessage([1, value]);
      },
    ],
    [
      credentialsPath,
      async (request) => {
        const found = await answers.credentials(firstText(request));
        if (found === undefined) return protoMessage();
        // A token stands for both, with nobody's name.
        return 'identitytoken' in found
          ? protoMessage([2, found.identitytoken])
          : protoMessage([1, found.username], [2, found.password]);
      },
    ],
  ]);
}

/** The one field that these requests have: an id, a host. */
function firstText(request: Buffer): string {
  for (const { number, value } of protoFields(request))
    if (number === 1 && typeof value !== 'number') return value.toString();
  return '';
}
