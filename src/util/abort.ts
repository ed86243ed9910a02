import { setMaxListeners } from 'node:events';

/**
 * Calls the callback once when one of the signals is aborted, immediately if one already is. Disposing the result
 * removes the listeners. Signals often live far longer than their users, so every user disposes.
 * @param callback gets the reason of the signal that was aborted first
 */
export function onAbort(
  signals: AbortSignal | readonly (AbortSignal | undefined)[],
  callback: (reason: unknown) => void,
): Disposable {
  const heard = [signals].flat().filter((signal) => signal !== undefined) as readonly AbortSignal[];
  const stop = () => {
    for (const signal of heard) signal.removeEventListener('abort', once);
  };
  const once = () => {
    stop();
    callback(heard.find((signal) => signal.aborted)?.reason);
  };
  if (heard.some((signal) => signal.aborted)) once();
  else
    for (const signal of heard) {
      // Many users may share a signal, so more than ten listeners are not a leak.
      setMaxListeners(0, signal);
      signal.addEventListener('abort', once);
    }
  return { [Symbol.dispose]: stop };
}

/** Resolves when one of the signals is aborted. Use `orAborted` for a wait that may end without that. */
export async function aborted(...signals: readonly (AbortSignal | undefined)[]): Promise<void> {
  await new Promise<void>((resolve) => void onAbort(signals, () => resolve()));
}

/** Returns the value of the promise. Rejects with the signal's reason if the signal is aborted first. */
export async function orAborted<T>(promise: PromiseLike<T>, signal: AbortSignal): Promise<T> {
  // After an abort no caller handles a rejection of the promise.
  Promise.resolve(promise).catch(() => undefined);
  signal.throwIfAborted();
  let listener: Disposable | undefined;
  const stopped = new Promise<void>((resolve) => (listener = onAbort(signal, () => resolve())));
  try {
    return await Promise.race([stopped.then(() => throwReason(signal)), promise]);
  } finally {
    listener?.[Symbol.dispose]();
  }
}

function throwReason(signal: AbortSignal): never {
  signal.throwIfAborted();
  throw new Error('the signal is not aborted');
}
