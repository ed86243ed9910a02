import { failed, succeeded, type Failure, type Outcome } from '../../model/outcome.ts';
import type { FollowedOutput, Work } from '../../model/work.ts';
import type { ContainerSelector, RunningContainer } from '../../runtime/running-container.ts';
import { RuntimeRefused } from '../../runtime/runtime-refused.ts';
import type { FollowedDeploy } from './followed-deploy.ts';
import { startPosition } from './start-position.ts';

/** Work that follows containers. */
export interface FollowWork extends Work {
  readonly followed: FollowedOutput;
}

/**
 * Writes the output of all containers of a deploy until the signal, including those that appear later. Nothing is left
 * out or repeated while the platform is away, unless the platform drops it; that is reported. A slow store slows the
 * reading. Succeeds on the signal. Failures: those that the platform refuses for good (`RuntimeRefused`).
 */
export async function followLogs(deploy: FollowedDeploy, work: FollowWork): Promise<Outcome> {
  const ended = new AbortController();
  const signal = AbortSignal.any([work.signal, ended.signal]);
  try {
    await Promise.all(deploy.selectors.map(async (selector) => await followAll(deploy, selector, { ...work, signal })));
    return succeeded(undefined);
  } catch (error) {
    if (work.signal.aborted) return succeeded(undefined);
    if (error instanceof RuntimeRefused) return failed(error.failure);
    throw error;
  } finally {
    ended.abort();
  }
}

async function followAll(deploy: FollowedDeploy, selector: ContainerSelector, work: FollowWork): Promise<void> {
  const reading = new Set<Promise<void>>();
  const failure = new AbortController();
  const signal = AbortSignal.any([work.signal, failure.signal]);
  const within = { ...work, signal };
  let isAway = false;
  try {
    for await (const change of deploy.running.watch(selector, signal)) {
      switch (change.change) {
        case 'appeared': {
          const read: Promise<void> = followOne(deploy, change.container, within)
            .catch((error: unknown) => failure.abort(error))
            .finally(() => reading.delete(read));
          reading.add(read);
          break;
        }
        case 'disconnected':
          isAway = true;
          note(
            work,
            'warning',
            `output is delayed, because changes of containers are unknown: ${reasonOf(change.failure)}`,
          );
          break;
        case 'connected':
          if (isAway) note(work, 'info', 'changes of containers are known again');
          isAway = false;
          break;
        case 'gone':
      }
    }
  } finally {
    await Promise.all(reading);
  }
  if (failure.signal.aborted && !work.signal.aborted) throw failure.signal.reason;
}

async function followOne(deploy: FollowedDeploy, container: RunningContainer, work: FollowWork): Promise<void> {
  const { signal, followed, output } = work;
  const { ref } = container;
  if (!(await deploy.belongs(ref).catch((error: unknown) => ignoredAfter(signal, error)))) return;
  const name = deploy.nameOf(ref);
  const { id } = ref;
  const stored = followed.position(name);
  const from = startPosition(id, container.status(), stored, deploy.beganAt);
  let isTold = stored?.id === id;
  for await (const chunk of container.logs(from, signal)) {
    // Most containers of a deploy may be silent.
    if (!isTold)
      output.observe({
        type: 'container.followed',
        ...name,
        id,
        ...(from.since !== undefined && { since: from.since }),
      });
    isTold = true;
    if ('lost' in chunk) followed.lost(name, chunk.stream, chunk.lost, chunk.cursor);
    else await followed.write(name, chunk.stream, chunk.bytes, chunk.cursor);
  }
}

function ignoredAfter(signal: AbortSignal, error: unknown): false {
  if (signal.aborted) return false;
  throw error;
}

function note({ output }: FollowWork, level: 'info' | 'warning', message: string): void {
  output.observe({ type: 'noted', level, message });
}

function reasonOf(failure: Failure): string {
  return 'detail' in failure && failure.detail !== undefined ? failure.detail : failure.code;
}
