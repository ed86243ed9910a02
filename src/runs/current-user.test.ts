import { expect, test } from 'vitest';
import { currentUser } from './current-user.ts';

test('a user is known by number and home', () => {
  expect(currentUser(() => ({ uid: 7, homedir: '/home/seven' }))).toEqual({ uid: 7, home: '/home/seven' });
});

test('one that no list of users knows has a number all the same', () => {
  const unknown = () => {
    throw Object.assign(new Error('uv_os_get_passwd returned ENOENT'), { code: 'ERR_SYSTEM_ERROR' });
  };
  expect(currentUser(unknown)).toEqual({ uid: process.geteuid?.() ?? -1, home: '/' });
});
