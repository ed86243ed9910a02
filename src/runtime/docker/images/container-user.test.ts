import { expect, test } from 'vitest';
import { containerUser, needsImageFiles } from './container-user.ts';

const passwd = 'root:x:0:0:root:/root:/bin/sh\nnode:x:1000:1001::/home/node:/bin/sh\nweb:x:33:33::/:/bin/false\n';
const group = 'root:x:0:\nnode:x:1001:\nwheel:x:10:node\n';

test.each([
  ['', { uid: 0, gid: 0 }],
  ['root', { uid: 0, gid: 0 }],
  ['node', { uid: 1000, gid: 1001 }],
  ['1000', { uid: 1000, gid: 1001 }],
  ['1234', { uid: 1234, gid: 0 }],
  ['1234:2345', { uid: 1234, gid: 2345 }],
  ['node:wheel', { uid: 1000, gid: 10 }],
  ['web:5', { uid: 33, gid: 5 }],
  ['nobody', undefined],
  ['node:nogroup', undefined],
])('"%s"', (user, owner) => {
  expect(containerUser(user, passwd, group)).toEqual(owner);
});

test('an image without the files', () => {
  expect(containerUser('1234', undefined, undefined)).toEqual({ uid: 1234, gid: 0 });
  expect(containerUser('node', undefined, undefined)).toBeUndefined();
});

test.each([
  ['', false],
  ['0', false],
  ['root', false],
  ['12:34', false],
  ['1000', true],
  ['node', true],
  ['node:1', true],
])('"%s" needs the files of the image: %s', (user, needed) => {
  expect(needsImageFiles(user)).toBe(needed);
});
