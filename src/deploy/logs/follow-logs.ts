import { succeeded, type Failure, type Outcome } from '../../model/outcome.ts';
import type { FollowedOutput, Work } from '../../model/work.ts';
import { stoppedOrFailed } from '../../runtime/error-outcome.ts';
import type { ContainerSelector, RunningContainer } from '../../runtime/running-container.ts';
import type { FollowedDeploy } from './followed-deploy.ts';
import { startPosition } from './start-position.ts';

/** How far the last stored mark may be behind. The platform keeps at least some MiB of a log. */
const everyBytes = 64 * 1024;

/** Work that follows containers. */
export interface FollowWork extends Work {
  readonly followed: FollowedOutput;
}

/**
 * Writes the output of all containers of a deploy until the signal, including those that appear later. Nothing is left
 * out or repeated while the platform is away, unless the platform drops it; that is reported. A slow store slows the
 * reading. Observes where each output begins, and its end. Succeeds on the signal. Failures: those that the platform refuses for good (`RuntimeRefused`).
 */
export async function followLogs(deploy: FollowedDeploy, work: FollowWork): Promise<Outcome> {
  const ended = new AbortController();
  const signal = AbortSignal.any([work.signal, ended.signal]);
  const all = deploy.selectors.map(async (selector) => await followAll(deploy, selector, { ...work, signal }));
  try {
    await Promise.all(all);
    return succeeded(undefined);
  } catch (error) {
    return stoppedOrFailed(error, work.signal);
  } finally {
    ended.abort();
    await Promise.allSettled(all);
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
  const tell = (mark?: string) => {
    const since = from.since !== undefined && { since: from.since };
    output.observe({ type: 'container.followed', ...name, id, ...since, ...(mark !== undefined && { mark }) });
  };
  let isTold = stored?.id === id;
  let unmarked = everyBytes;
  for await (const chunk of container.logs(from, signal)) {
    // Most containers of a deploy may be silent.
    if (!isTold) tell();
    isTold = true;
    if ('lost' in chunk) {
      followed.lost(name, chunk.stream, chunk.lost, chunk.cursor);
      continue;
    }
    await followed.write(name, chunk.stream, chunk.bytes, chunk.cursor);
    unmarked += chunk.bytes.length;
    if (chunk.mark === undefined || (unmarked < everyBytes && chunk.begins !== true)) continue;
    // After its bytes: a mark that is ahead of them would be of no use.
    tell(chunk.mark);
    unmarked = 0;
  }
  if (isTold && !signal.aborted) output.observe({ type: 'container.ended', ...name });
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
