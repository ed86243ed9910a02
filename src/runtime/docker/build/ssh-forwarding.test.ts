import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { protoMessage } from './protobuf.ts';
import { agentFrame, agentMessage } from './ssh-agent.ts';
import { SshForwarding } from './ssh-forwarding.ts';

test('a build that ends leaves no connection to an agent that does not answer', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-agent-'));
  const path = join(folder, 'socket');
  const server = createServer();
  const connected = once(server, 'connection') as Promise<[Socket]>;
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const forwarding = new SshForwarding(new Map([['default', { agent: path }]]));
  const method = forwarding.methods().get('/moby.sshforward.v1.SSH/ForwardAgent');
  if (typeof method !== 'object') throw new Error('not a method with streams');
  const call = method.stream({
    headers: {},
    requests: (async function* () {
      await Promise.resolve();
      yield protoMessage([1, agentFrame(Buffer.from([agentMessage.requestIdentities]))]);
    })(),
    send: async () => await Promise.reject(new Error('the agent did not answer')),
  });
  const ended = expect(call).rejects.toThrow();
  const [connection] = await connected;
  const closed = once(connection.resume(), 'close');
  await once(connection, 'data');
  forwarding[Symbol.dispose]();
  await ended;
  await closed;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  await rm(folder, { recursive: true });
});

test.each([
  ['no agent', { agent: '/nowhere/agent' }, 'no ssh-agent answers at /nowhere/agent (ENOENT)'],
  ['no key', { keys: ['hello'] }, 'not a private key in OpenSSH or PEM format'],
])('a build is told beforehand that there is %s', async (_, keys, message) => {
  await expect(new SshForwarding(new Map([['deploy', keys]])).check()).rejects.toThrow(
    `cannot use the SSH keys with id deploy: ${message}`,
  );
});
