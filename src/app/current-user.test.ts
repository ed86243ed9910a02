import { expect, test } from 'vitest';
import { currentUser } from './current-user.ts';

test('returns the number and home of the user', () => {
  expect(currentUser(() => ({ uid: 7, homedir: '/home/seven' }))).toEqual({ uid: 7, home: '/home/seven' });
});

test('returns the number of a user without an entry in the user database', () => {
  const unknown = () => {
    throw Object.assign(new Error('uv_os_get_passwd returned ENOENT'), { code: 'ERR_SYSTEM_ERROR' });
  };
  expect(currentUser(unknown)).toEqual({ uid: process.geteuid?.() ?? -1, home: '/' });
});
