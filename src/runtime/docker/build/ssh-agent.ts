import { once } from 'node:events';
import { connect } from 'node:net';

/** An open connection to an ssh-agent (https://datatracker.ietf.org/doc/draft-ietf-sshm-ssh-agent). */
export interface SshAgent {
  /** Returns the response to one request. Both are messages without their length. One call at a time. */
  answer(request: Buffer): Promise<Buffer>;
  /** Pending calls reject. */
  close(): void;
}

/** The message types that are used. */
export const agentMessage = {
  failure: 5,
  requestIdentities: 11,
  identities: 12,
  signRequest: 13,
  signature: 14,
} as const;

/** As in OpenSSH. */
const longestMessage = 256 * 1024;

/**
 * Connects to the agent that listens on a socket. Rejects with the system's error.
 * @param path `SSH_AUTH_SOCK`
 */
export async function connectAgent(path: string): Promise<SshAgent> {
  const socket = connect(path);
  await once(socket, 'connect');
  // Reading reports the error.
  socket.on('error', () => undefined);
  const answers = agentMessages(socket);
  return {
    async answer(request) {
      socket.write(agentFrame(request));
      const { value } = await answers.next();
      if (value === undefined) throw new Error('the ssh-agent closed the connection');
      return value;
    },
    close: () => void socket.destroy(),
  };
}

/**
 * Returns an agent that lists keys and signs, and refuses every other request: a build must not add, remove or lock the
 * keys of the user.
 */
export function readOnlyAgent(agent: SshAgent): SshAgent {
  const allowed: readonly (number | undefined)[] = [agentMessage.requestIdentities, agentMessage.signRequest];
  return {
    async answer(request) {
      return allowed.includes(request[0]) ? await agent.answer(request) : Buffer.from([agentMessage.failure]);
    },
    close: () => agent.close(),
  };
}

/** Yields the messages of a stream, without their lengths. Throws if one is longer than any agent accepts. */
export async function* agentMessages(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, undefined, undefined> {
  let rest = Buffer.alloc(0);
  for await (const part of stream) {
    rest = Buffer.concat([rest, part]);
    while (rest.length >= 4) {
      const end = 4 + rest.readUInt32BE(0);
      if (end > longestMessage) throw new Error('the ssh-agent sent a message that is too long');
      if (rest.length < end) break;
      yield rest.subarray(4, end);
      rest = rest.subarray(end);
    }
  }
  return undefined;
}

/** Adds the length to a message. */
export function agentFrame(message: Uint8Array): Buffer {
  return sshString(message);
}

/** Encodes a `string` of SSH: four bytes of length, then the bytes (RFC 4251, 5). */
export function sshString(bytes: Uint8Array | string): Buffer {
  const value = Buffer.from(bytes);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(value.length);
  return Buffer.concat([length, value]);
}
