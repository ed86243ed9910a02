import { onAbort } from '../../util/abort.ts';

/**
 * Wraps a generator that waits with `stop.signal`. `return` (called by `break`) and each of the signals end a waiting
 * `next`, which a plain generator would not do.
 */
export function stoppable<T>(
  inner: AsyncGenerator<T, undefined, undefined>,
  stop: AbortController,
  signals: readonly AbortSignal[],
): AsyncIterator<T, undefined> {
  const listener = onAbort(signals, () => stop.abort());
  const leave = () => {
    listener[Symbol.dispose]();
    stop.abort();
  };
  return {
    next: async () => {
      let result: IteratorResult<T, undefined> | undefined;
      try {
        result = await inner.next();
        return result;
      } finally {
        if (result?.done !== false) leave();
      }
    },
    return: async () => {
      leave();
      return await inner.return(undefined);
    },
  };
}
