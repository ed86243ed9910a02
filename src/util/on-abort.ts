import { setMaxListeners } from 'node:events';

/**
 * Calls the callback once when one of the signals is aborted, at once if one already is.
 * @returns a function that removes the listeners
 */
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
    // Many followers may share a signal, so more than ten listeners are not a leak.
    setMaxListeners(0, signal);
    signal.addEventListener('abort', once);
  }
  return stop;
}
