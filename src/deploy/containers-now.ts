import type { Failure } from '../model/outcome.ts';
import type { ContainerSelector, RunningContainer, RunningContainers } from '../runtime/running-container.ts';
import { RuntimeRefused } from '../runtime/runtime-refused.ts';

/** Containers by their ids. They follow their platform until the disposal. */
export interface ContainersNow extends AsyncDisposable {
  get(id: string): RunningContainer | undefined;
}

/**
 * Returns the containers that match when the platform first answers, and follows them. Throws `RuntimeRefused` if the
 * platform does not answer, and the signal's reason.
 */
export async function containersNow(
  running: RunningContainers,
  selector: ContainerSelector,
  signal: AbortSignal,
): Promise<ContainersNow> {
  const ending = new AbortController();
  const found = new Map<string, RunningContainer>();
  let isAnswered: (failure?: Failure) => void = () => undefined;
  const answer = new Promise<Failure | undefined>((resolve) => (isAnswered = resolve));
  // A watch that nobody reads keeps all changes in memory.
  const over = followAll(running, selector, AbortSignal.any([signal, ending.signal]), found, isAnswered);
  over.catch(() => undefined);
  const dispose = async () => {
    ending.abort();
    await over;
  };
  try {
    const failure = await Promise.race([answer, over.then(() => undefined)]);
    signal.throwIfAborted();
    if (failure) throw new RuntimeRefused(failure, new Error('the containers are unknown'));
  } catch (error) {
    await dispose().catch(() => undefined);
    throw error;
  }
  return { get: (id) => found.get(id), [Symbol.asyncDispose]: dispose };
}

async function followAll(
  running: RunningContainers,
  selector: ContainerSelector,
  signal: AbortSignal,
  found: Map<string, RunningContainer>,
  isAnswered: (failure?: Failure) => void,
): Promise<void> {
  for await (const change of running.watch(selector, signal))
    switch (change.change) {
      case 'appeared':
        found.set(change.container.ref.id, change.container);
        break;
      case 'gone':
        found.delete(change.container.ref.id);
        break;
      case 'connected':
        isAnswered();
        break;
      case 'disconnected':
        isAnswered(change.failure);
    }
}
