import type { Host } from './host.ts';

/** For commands that only watch: Ctrl-C ends the command successfully. */
export function stopOnSignal(host: Host): { readonly signal: AbortSignal } & Disposable {
  const stop = new AbortController();
  const listening = host.onSignal(() => stop.abort());
  return { signal: stop.signal, [Symbol.dispose]: () => listening[Symbol.dispose]() };
}
