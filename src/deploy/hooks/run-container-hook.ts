import { cancelledBy, failed, succeeded, type Failure, type Outcome } from '../../model/outcome.ts';
import type { Stream, Work } from '../../model/work.ts';
import { inParallel } from '../../util/in-parallel.ts';
import type { Exit } from '../../runtime/container-io.ts';
import type { ContainerHook, HookContainer, HookContainers } from './container-hook.ts';
import { PrefixedLines } from './prefixed-lines.ts';

/** How many containers run the command at a time. */
const atOnce = 16;

/**
 * Runs a hook in all containers that match it, at the same time, as Skaffold does. Its output is that of the step; lines of several
 * containers begin with the container. If no container matches, nothing runs and nothing fails: before a first deploy there is none.
 * That is noted. Failures: those of `HookContainers.find`; `exit-nonzero` with pod and container, and what kept the command from
 * running. If it fails in several containers, the first one of their order counts.
 */
export async function runContainerHook(
  hook: ContainerHook,
  phase: 'before' | 'after',
  containers: HookContainers,
  work: Work,
): Promise<Outcome> {
  const { output, signal } = work;
  const name = `${phase} hook \`${hook.command.join(' ')}\``;
  const found = await containers.find(hook, work);
  if (found.status !== 'succeeded') return found;
  if (found.value.length === 0) {
    const level = phase === 'before' ? 'info' : 'warning';
    output.observe({
      type: 'noted',
      level,
      message: `${name} skipped: this deploy has no running container${wanted(hook)}`,
    });
    return succeeded(undefined);
  }
  const isOnly = found.value.length === 1;
  try {
    const exits = await inParallel(found.value, atOnce, async (container) => ({
      container,
      exit: await execIn(container, hook.command, isOnly ? '' : `[${placeOf(container)}] `, work),
    }));
    if (signal.aborted) return cancelledBy(signal);
    const failures = exits.flatMap(({ container, exit }) => {
      const failure = failureOf(exit, name, container);
      return failure ? [failure] : [];
    });
    for (const failure of failures.slice(1))
      output.observe({ type: 'noted', level: 'warning', message: shortFailure(failure) });
    return failures[0] ? failed(failures[0]) : succeeded(undefined);
  } catch (error) {
    if (signal.aborted) return cancelledBy(signal);
    throw error;
  }
}

function wanted({ podName, containerName }: ContainerHook): string {
  return `${containerName ? ` ${containerName}` : ''}${podName ? ` of a pod ${podName}` : ''}`;
}

function placeOf({ pod, container }: HookContainer): string {
  return `${pod} ${container}`;
}

async function execIn(
  container: HookContainer,
  command: readonly string[],
  prefix: string,
  { output, signal }: Work,
): Promise<Exit> {
  const lines = new Map(
    (['stdout', 'stderr'] as const).map((stream) => [
      stream,
      new PrefixedLines(prefix, async (bytes) => await output.write(stream, bytes)),
    ]),
  );
  const write = (stream: Stream & ('stdout' | 'stderr')) => async (bytes: Uint8Array) =>
    prefix === '' ? await output.write(stream, bytes) : await lines.get(stream)?.add(bytes);
  const exit = await container.exec(command, { stdout: write('stdout'), stderr: write('stderr'), signal });
  for (const each of lines.values()) await each.end();
  return exit;
}

function failureOf(exit: Exit, hook: string, { pod, container, namespace }: HookContainer): Failure | undefined {
  const where = `pod ${namespace === undefined ? '' : `${namespace}/`}${pod}, container ${container}`;
  if (!('failure' in exit))
    return exit.code === 0
      ? undefined
      : {
          ...{ code: 'exit-nonzero', exitCode: exit.code, command: `${hook} in ${where}` },
          ...(exit.signal !== undefined && { signal: exit.signal }),
        };
  const { failure } = exit;
  return 'detail' in failure && typeof failure.detail === 'string'
    ? { ...failure, detail: `${hook} in ${where}: ${failure.detail}` }
    : failure;
}

function shortFailure(failure: Failure): string {
  if (failure.code === 'exit-nonzero') return `${failure.command ?? 'the hook'} failed: exit code ${failure.exitCode}`;
  return 'detail' in failure ? `${failure.detail}` : failure.code;
}
