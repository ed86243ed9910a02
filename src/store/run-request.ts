/** Requests as they are stored, also by other versions of Slipway. */
import type { RequestState, RunRequest, SentRequest } from './store.ts';

/** The types that an owner of this version carries out. A `Record`, so that a new type cannot be left out. */
const knownTypes: Readonly<Record<SentRequest['type'], true>> = { cancel: true, cancelStep: true };

/** Reads a stored request. Its type may be unknown: see `isKnown`. */
export function readRequest(id: string, stored: string): RunRequest {
  // The first version stored no time.
  return { at: 0, ...(JSON.parse(stored) as SentRequest), id };
}

export function isKnown({ type }: RunRequest): boolean {
  return type in knownTypes;
}

/** The state of a request that only a newer version can carry out. It stays unread, since a newer owner may follow. */
export function unknownState({ type }: { readonly type: string }): RequestState {
  return { status: 'waiting', detail: `the owner of the run does not support requests of type ${type}` };
}

/**
 * How long requests stay once their run has ended, in milliseconds. Who waits for an answer reads it within a second. A
 * store forgets older ones when it stores the next run or request.
 */
export const keptAfterEndMs = 600_000;

export function isAnswered({ status }: RequestState): boolean {
  return status === 'done' || status === 'refused';
}
