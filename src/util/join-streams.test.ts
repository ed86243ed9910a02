import { once } from 'node:events';
import { duplexPair, type Duplex } from 'node:stream';
import { expect, it } from 'vitest';
import { joinStreams } from './join-streams.ts';

/** Returns the outer ends of two joined connections. */
function joined(): readonly [Duplex, Duplex] {
  const [[client, near], [far, server]] = [duplexPair(), duplexPair()];
  joinStreams(near, far);
  return [client, server];
}

/** Reads to the end. An iterator would also close the other direction. */
async function text(from: Duplex): Promise<string> {
  let all = '';
  from.on('data', (bytes: Buffer) => (all += bytes.toString()));
  await once(from, 'end');
  return all;
}

it('carries both directions, and the end of each', async () => {
  const [client, server] = joined();
  client.end('question');
  expect(await text(server)).toBe('question');
  server.end('answer');
  expect(await text(client)).toBe('answer');
});

it('writes everything before it closes a connection whose peer has ended', async () => {
  const [client, server] = joined();
  const large = 'x'.repeat(1_000_000);
  server.end(large);
  expect(await text(client)).toHaveLength(large.length);
});

it('destroys both if one breaks, or is closed already', () => {
  const [, near] = duplexPair();
  const [far] = duplexPair();
  joinStreams(near, far);
  near.destroy(new Error('broken'));
  return expect.poll(() => far.destroyed).toBe(true);
});

it('destroys the other if one was closed before', async () => {
  const [, near] = duplexPair();
  near.destroy();
  await expect.poll(() => near.closed).toBe(true);
  const [far] = duplexPair();
  joinStreams(near, far);
  expect(far.destroyed).toBe(true);
});
