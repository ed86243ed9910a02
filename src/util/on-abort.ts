import { setMaxListeners } from 'node:events';

/** Calls back once when one of the signals is aborted, at once if one is. @returns stops that */
export function onAbort(signals: readonly AbortSignal[], callback: () => void): () => void {
  const stop = () => {
    for (const signal of signals) signal.removeEventListener('abort', once);
  };
  const once = () => {
    stop();
    callback();
  };
  if (signals.some((signal) => signal.aborted)) {
    callback();
    return stop;
  }
  for (const signal of signals) {
    // A hundred followers may well share a signal; more than ten listeners are no leak here.
    setMaxListeners(0, signal);
    signal.addEventListener('abort', once);
  }
  return stop;
}
