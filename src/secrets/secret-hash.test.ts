import { expect, it } from 'vitest';
import { matchesHash, secretHash } from './secret-hash.ts';

it('knows a secret again by its hash, and no other', async () => {
  const hash = await secretHash('hunter2');
  expect(hash).toMatch(/^scrypt:32768:8:1:[\w-]{22}:[\w-]{43}$/);
  expect(await matchesHash('hunter2', hash)).toBe(true);
  expect(await matchesHash('hunter3', hash)).toBe(false);
  expect(await matchesHash('', hash)).toBe(false);
});

it('has another hash for the same secret every time', async () => {
  expect(await secretHash('a')).not.toBe(await secretHash('a'));
});

it.each([
  '',
  'scrypt',
  'scrypt:32768:8:1:c2FsdA:',
  'md5:1:2:3:a:b',
  'scrypt:1073741824:8:1:c2FsdA:aGFzaA',
  'scrypt:3:8:1:c2FsdA:aGFzaA',
])('takes nothing for the value of %j', async (stored) => {
  expect(await matchesHash('a', stored)).toBe(false);
});
