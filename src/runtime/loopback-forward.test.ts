import { once } from 'node:events';
import { connect, Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test, vi } from 'vitest';
import { forwardFromLoopback } from './loopback-forward.ts';
import type { Forward } from './runtime.ts';

const to = ({ port, host }: Forward, allowHalfOpen = false): Socket => connect({ port, host, allowHalfOpen });

test('a side that has ended its output still receives', async () => {
  await using forward = await forwardFromLoopback((client) => {
    let said = '';
    client.on('data', (bytes) => (said += bytes.toString())).on('end', () => client.end(`${said} to you, too`));
    client.resume();
  });
  const client = to(forward, true);
  client.end('hello');
  expect(await text(client)).toBe('hello to you, too');
});

test('a connection is not read before its target is connected', async () => {
  const joined: Socket[] = [];
  await using forward = await forwardFromLoopback((client) => void joined.push(client));
  const client = to(forward);
  client.end('early');
  await expect.poll(() => joined).toHaveLength(1);
  expect(joined[0]?.isPaused()).toBe(true);
  expect(await text(joined[0]!)).toBe('early');
});

test('closes with all its connections', async () => {
  const joined: Socket[] = [];
  const forward = await forwardFromLoopback((client) => void joined.push(client.resume()));
  const client = to(forward);
  client.on('error', () => undefined);
  await expect.poll(() => joined).toHaveLength(1);
  await forward[Symbol.asyncDispose]();
  expect(joined[0]?.destroyed).toBe(true);
  await once(client.resume(), 'close');
  const late = to(forward);
  await expect(once(late, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('an accept error is reported and ends neither the process nor the port', async () => {
  const listen = vi.spyOn(Server.prototype, 'listen');
  await using forward = await forwardFromLoopback((client) => void client.end('still here'));
  const [server] = listen.mock.contexts as Server[];
  listen.mockRestore();
  const refused: string[] = [];
  forward.onRefused(({ message }) => void refused.push(message));
  for (const message of ['accept EMFILE', 'accept ENOBUFS']) server?.emit('error', new Error(message));
  expect(refused).toEqual(['accept EMFILE', 'accept ENOBUFS']);
  expect(await text(to(forward))).toBe('still here');
});
