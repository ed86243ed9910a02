import type { StoreError } from '../store/store.ts';

/** Compares the name: the command line imports the store's class only as a type. */
export function isStoreError(error: unknown): error is StoreError {
  return error instanceof Error && error.name === 'StoreError';
}
