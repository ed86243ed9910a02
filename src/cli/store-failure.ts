import type { StoreError } from '../store/store.ts';

/** By its name: the class belongs to the store, which the command line knows by type only. */
export function isStoreError(error: unknown): error is StoreError {
  return error instanceof Error && error.name === 'StoreError';
}
