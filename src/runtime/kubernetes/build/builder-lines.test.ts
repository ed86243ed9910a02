import { expect, test } from 'vitest';
import { BuilderLines } from './builder-lines.ts';

test('joins lines by stream, wherever they were cut', () => {
  const lines = new BuilderLines();
  const euro = Buffer.from('€');
  expect(lines.push('stdout', Buffer.from('one\ntw'))).toEqual(['one']);
  expect(lines.push('stderr', Buffer.from('between\r\n'))).toEqual(['between']);
  expect(lines.push('stdout', Buffer.concat([Buffer.from('o '), euro.subarray(0, 1)]))).toEqual([]);
  expect(lines.push('stdout', Buffer.concat([euro.subarray(1), Buffer.from('\nrest')]))).toEqual(['two €']);
  expect(lines.end()).toEqual(['rest']);
});

test('does not buffer an endless line', () => {
  const lines = new BuilderLines();
  for (let i = 0; i < 64; i++) lines.push('stdout', Buffer.alloc(64 * 1024, 'x'));
  expect(lines.end()[0]?.length).toBe(64 * 1024);
});
