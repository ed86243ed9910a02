import { BuildFailed } from '../../build-failure.ts';
import type { SshKeys } from '../../image-builder.ts';
import { GrpcError, grpcStatus, type GrpcMethod } from './grpc-server.ts';
import { keyAgent } from './key-agent.ts';
import { protoFields, protoMessage } from './protobuf.ts';
import { agentFrame, agentMessages, connectAgent, readOnlyAgent, type SshAgent } from './ssh-agent.ts';

const checkPath = '/moby.sshforward.v1.SSH/CheckAgent';
const forwardPath = '/moby.sshforward.v1.SSH/ForwardAgent';
const idHeader = 'buildkit.ssh.id';
/** The id of a mount without one. */
const defaultId = 'default';

/** Answers what BuildKit asks of the keys of a build. Disposal closes the connections to agents. */
export class SshForwarding implements Disposable {
  readonly #keys: ReadonlyMap<string, SshKeys>;
  readonly #open = new Set<SshAgent>();

  constructor(keys: ReadonlyMap<string, SshKeys>) {
    this.#keys = keys;
  }

  /** Throws `BuildFailed` if an agent does not answer, or a key cannot be read. */
  async check(): Promise<void> {
    for (const [id, keys] of this.#keys) {
      try {
        (await openAgent(keys)).close();
      } catch (error) {
        throw new BuildFailed(`cannot use the SSH keys with id ${id}: ${reason(error, keys)}`, undefined);
      }
    }
  }

  /** The methods of the session; none if the build has no keys. */
  methods(): ReadonlyMap<string, GrpcMethod> {
    if (this.#keys.size === 0) return new Map();
    return new Map<string, GrpcMethod>([
      [
        checkPath,
        (request) => {
          this.#keysOf(firstOf(request).toString());
          return protoMessage();
        },
      ],
      [
        forwardPath,
        {
          stream: async (call) => {
            const agent = readOnlyAgent(await openAgent(this.#keysOf(String(call.headers[idHeader] ?? ''))));
            this.#open.add(agent);
            try {
              for await (const message of agentMessages(bytesOf(call.requests)))
                await call.send(protoMessage([1, agentFrame(await agent.answer(message))]));
            } finally {
              agent.close();
              this.#open.delete(agent);
            }
          },
        },
      ],
    ]);
  }

  [Symbol.dispose](): void {
    for (const agent of this.#open) agent.close();
  }

  #keysOf(id: string): SshKeys {
    const keys = this.#keys.get(id === '' ? defaultId : id);
    if (keys === undefined)
      throw new GrpcError(grpcStatus.notFound, `the build has no SSH keys with the id ${id === '' ? defaultId : id}`);
    return keys;
  }
}

async function openAgent(keys: SshKeys): Promise<SshAgent> {
  return 'agent' in keys ? await connectAgent(keys.agent) : keyAgent(keys.keys);
}

function reason(error: unknown, keys: SshKeys): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return 'agent' in keys && code !== undefined ? `no ssh-agent answers at ${keys.agent} (${code})` : message;
}

async function* bytesOf(messages: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  for await (const message of messages) yield firstOf(message);
}

/** Returns the only field of these messages. */
function firstOf(message: Buffer): Buffer {
  for (const { number, value } of protoFields(message)) if (number === 1 && typeof value !== 'number') return value;
  return Buffer.alloc(0);
}
