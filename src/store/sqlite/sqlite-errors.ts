/** Converts errors of SQLite and the file system to `StoreError`. */
import { accessSync, constants } from 'node:fs';
import { dirname } from 'node:path';
import { StoreError } from '../store.ts';

interface CodedError {
  readonly code?: unknown;
  readonly message: string;
}

/** Reports whether another connection is writing. A retry may succeed. */
export function isBusy(error: unknown): boolean {
  return codeOf(error).startsWith('SQLITE_BUSY') || codeOf(error).startsWith('SQLITE_LOCKED');
}

/** Reports whether the driver refused to change a file that was opened for reading. */
export function isReadOnly(error: unknown): boolean {
  return isReadOnlyCode(codeOf(error));
}

export function isDiskFull(error: unknown): boolean {
  return error instanceof StoreError && error.code === 'disk-full';
}

/** @param path the file or folder in use, for the message */
export function toStoreError(error: unknown, path: string): Error {
  if (error instanceof StoreError) return error;
  const code = codeOf(error);
  const options = { cause: error };
  if (isFull(code)) {
    return new StoreError(
      'disk-full',
      `no space left for runs in ${path}`,
      'free some space there, or remove old runs with `slipway prune`',
      options,
    );
  }
  if (code.startsWith('E')) return toFolderError(code, error, path);
  if (isReadOnlyCode(code) || (code === 'SQLITE_CANTOPEN' && !isWritable(dirname(path)))) {
    return new StoreError(
      'read-only',
      `cannot write runs: ${path} is read-only`,
      'make it writable for this user, or choose another state folder',
      options,
    );
  }
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') {
    return new StoreError(
      'corrupt',
      `${path} is damaged: ${messageOf(error)}`,
      'to continue without it, move the file away',
      options,
    );
  }
  if (isOfTheStore(code)) {
    return new StoreError(
      'unavailable',
      `cannot use ${path}: ${messageOf(error)}`,
      'check that the folder exists and that this user may read and write it',
      options,
    );
  }
  return error instanceof Error ? error : new Error(String(error));
}

const whereRunsAre = 'set SLIPWAY_STATE to a folder that this user may write to';

/** Returns the error for a folder. */
function toFolderError(code: string, error: unknown, path: string): StoreError {
  const message = `cannot keep runs in ${path}: ${folderReasons[code] ?? messageOf(error)}`;
  return new StoreError(isReadOnlyCode(code) ? 'read-only' : 'unavailable', message, whereRunsAre, { cause: error });
}

const folderReasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EEXIST: 'not a folder',
  ELOOP: 'circular symbolic links',
  ENAMETOOLONG: 'the name is too long',
  ENOENT: 'no folder can be created there',
  ENOTDIR: 'a part of the path is not a folder',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
};

function isFull(code: string): boolean {
  return code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_SHMSIZE' || code === 'ENOSPC' || code === 'EDQUOT';
}

function isReadOnlyCode(code: string): boolean {
  return code.startsWith('SQLITE_READONLY') || code === 'EROFS' || code === 'EACCES' || code === 'EPERM';
}

/** SQLite only reports that it cannot open a file if the folder does not allow creating the WAL index. */
function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch (error) {
    return !isReadOnlyCode(codeOf(error));
  }
}

/**
 * Reports whether an error is of the file, the disk or a lock. Every other code of SQLite is a bug in our statements.
 */
function isOfTheStore(code: string): boolean {
  return /^SQLITE_(CANTOPEN|IOERR|BUSY|LOCKED|PROTOCOL|NOMEM|PERM|AUTH|INTERRUPT)/.test(code);
}

function codeOf(error: unknown): string {
  const code = (error as CodedError | undefined)?.code;
  if (typeof code !== 'string') return '';
  const unknown = /^UNKNOWN_SQLITE_ERROR_(\d+)$/.exec(code)?.[1];
  return unknown === undefined ? code : (primaryCodes[Number(unknown) & 0xff] ?? code);
}

/** The lowest byte of extended codes that the driver has no name for (https://sqlite.org/rescode.html). */
const primaryCodes: Readonly<Record<number, string>> = {
  5: 'SQLITE_BUSY',
  6: 'SQLITE_LOCKED',
  7: 'SQLITE_NOMEM',
  8: 'SQLITE_READONLY',
  10: 'SQLITE_IOERR',
  11: 'SQLITE_CORRUPT',
  13: 'SQLITE_FULL',
  14: 'SQLITE_CANTOPEN',
  15: 'SQLITE_PROTOCOL',
  26: 'SQLITE_NOTADB',
};

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
