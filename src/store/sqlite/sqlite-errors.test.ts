import { expect, it } from 'vitest';
import { isBusy, toStoreError } from './sqlite-errors.ts';

const coded = (code: string) => Object.assign(new Error('the message'), { code });

it.each([
  ['SQLITE_FULL', 'disk-full'],
  ['SQLITE_IOERR_SHMSIZE', 'disk-full'],
  ['ENOSPC', 'disk-full'],
  ['SQLITE_READONLY_DBMOVED', 'read-only'],
  // SQLITE_READONLY_DIRECTORY, which the driver has no name for.
  ['UNKNOWN_SQLITE_ERROR_1544', 'read-only'],
  ['EROFS', 'read-only'],
  ['EACCES', 'read-only'],
  ['SQLITE_NOTADB', 'corrupt'],
  ['SQLITE_IOERR_READ', 'unavailable'],
  ['UNKNOWN_SQLITE_ERROR_8458', 'unavailable'],
  ['ENOTDIR', 'unavailable'],
])('%s is %s', (code, expected) => {
  expect(toStoreError(coded(code), '/state/index.db')).toMatchObject({
    name: 'StoreError',
    code: expected,
    message: expect.stringContaining('/state/index.db') as string,
  });
});

it('leaves bugs unchanged', () => {
  const mistake = coded('SQLITE_ERROR');
  expect(toStoreError(mistake, '/state/index.db')).toBe(mistake);
  expect(isBusy(coded('UNKNOWN_SQLITE_ERROR_1285'))).toBe(true);
});
