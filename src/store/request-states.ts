import { isAnswered } from './run-request.ts';
import type { RequestState } from './store.ts';

/** The death of an owner changes nothing that could wake a reader. */
const lookEveryMs = 250;

export interface StateReader {
  /** Returns `undefined` if the request is gone. */
  read(): Promise<RequestState | undefined>;
  /** Reports whether no owner can answer. */
  isOver(): Promise<boolean>;
  /** Resolves at a change since the call, or when a signal is aborted. */
  changed(signals: readonly AbortSignal[]): Promise<void>;
}

/** Implements `Store.requestStates`. Keeps the process alive. */
export async function* statesOf(signal: AbortSignal, reader: StateReader): AsyncGenerator<RequestState, undefined> {
  let yielded: string | undefined;
  while (!signal.aborted) {
    const waiting = new AbortController();
    const changed = reader.changed([signal, waiting.signal]);
    const timer = setTimeout(() => waiting.abort(), lookEveryMs);
    try {
      // Before the state: the owner may answer and then end.
      const isOver = await reader.isOver();
      const state = await reader.read();
      if (state === undefined) return;
      const text = JSON.stringify(state);
      if (text !== yielded) yield state;
      yielded = text;
      if (isAnswered(state) || isOver) return;
      await changed;
    } finally {
      clearTimeout(timer);
      waiting.abort();
    }
  }
}
