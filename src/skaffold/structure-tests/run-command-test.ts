import { cancelledBy, failed, succeeded, type Failure, type Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import type { ImagePlace } from '../../runtime/opened-image.ts';
import type { Exit, Runtime, Workload, WorkloadSpec } from '../../runtime/runtime.ts';
import { onAbort } from '../../util/abort.ts';
import type { CommandEnd } from './check-command.ts';

/** A command in a new container of an image. Variables are replaced. */
export interface ContainerCommand {
  readonly image: string;
  readonly env: Readonly<Record<string, string>>;
  readonly setup: readonly (readonly string[])[];
  readonly command: readonly string[];
  readonly teardown: readonly (readonly string[])[];
}

/** How a command test ended: with a command that ran, or because nothing could run. */
export type CommandTestEnd = CommandEnd | { readonly why: string };

const container = 'test';
/** Keeps a container running, so that commands can run in it one after the other. */
const keepAlive = ['/bin/sh', '-c', 'while :; do sleep 3600; done'];
/** The rest of a longer output is not tested. */
const mostBytes = 8 * 1024 * 1024;

/**
 * Runs a command in a container and removes the container. A command that cannot start is no failure of the step. Failures:
 * those of `Runtime.start` and `Workload.exited` that are not about the command.
 */
export async function runCommandTest(
  run: ContainerCommand,
  runtime: Pick<Runtime, 'start'>,
  place: ImagePlace,
  work: Work,
): Promise<Outcome<CommandTestEnd>> {
  const isPlain = run.setup.length === 0 && run.teardown.length === 0;
  const spec: WorkloadSpec = {
    ...place,
    lifetime: 'step',
    containers: [
      { name: container, image: run.image, command: isPlain ? run.command : keepAlive, env: run.env, mounts: [] },
    ],
    volumes: [],
    pull: 'missing',
  };
  const started = await runtime.start(spec, work);
  if (started.status === 'failed') return commandFailure(started.failure, isPlain);
  if (started.status !== 'succeeded') return started;
  await using workload = started.value;
  using _stopping = onAbort(work.signal, () => void workload.stop(0).catch(() => undefined));
  try {
    const end = isPlain ? await toItsEnd(workload, work.signal) : await withSetup(workload, run, work);
    // A command that was stopped has an exit code too.
    return work.signal.aborted ? cancelledBy(work.signal) : end;
  } catch (error) {
    if (work.signal.aborted) return cancelledBy(work.signal);
    throw error;
  }
}

/** A missing program fails only the test. */
function commandFailure(failure: Failure, isPlain: boolean): Outcome<CommandTestEnd> {
  if (failure.code !== 'start-failed') return failed(failure);
  return succeeded({
    why: isPlain
      ? `cannot start the command: ${failure.detail}`
      : `\`setup\` and \`teardown\` need \`/bin/sh\` and \`sleep\` in the image: ${failure.detail}`,
  });
}

async function toItsEnd(workload: Workload, signal: AbortSignal): Promise<Outcome<CommandTestEnd>> {
  const output = { stdout: new Collected(), stderr: new Collected(), combined: new Collected() };
  for await (const chunk of workload.logs(container, {}, signal))
    if ('bytes' in chunk) output[chunk.stream].add(chunk.bytes);
  const exit = await workload.exited(container);
  return ended(exit, output.stdout.text + output.combined.text, output.stderr.text);
}

async function withSetup(
  workload: Workload,
  { setup, command, teardown }: ContainerCommand,
  work: Work,
): Promise<Outcome<CommandTestEnd>> {
  const { signal } = work;
  await workload.ready(container, signal);
  const exec = async (argv: readonly string[]) => {
    const [stdout, stderr] = [new Collected(), new Collected()];
    const exit = await workload.exec(container, argv, {
      signal,
      stdout: (bytes) => stdout.add(bytes),
      stderr: (bytes) => stderr.add(bytes),
    });
    return { exit, stdout: stdout.text, stderr: stderr.text };
  };
  /** As in container-structure-test, the exit codes of these commands do not count. They are printed. */
  const prepare = async (name: string, commands: readonly (readonly string[])[]) => {
    for (const argv of commands) {
      const { exit, stdout, stderr } = await exec(argv);
      if ('failure' in exit) return exit.failure;
      if (exit.code === 0) continue;
      await work.output.write('stdout', Buffer.from(`${name}: exit code ${exit.code}: ${argv.join(' ')}\n`));
      await work.output.write('stdout', Buffer.from(stdout + stderr));
    }
    return undefined;
  };
  const broken = await prepare('setup', setup);
  if (broken) return failed(broken);
  const { exit, stdout, stderr } = await exec(command);
  await prepare('teardown', teardown);
  return ended(exit, stdout, stderr);
}

function ended(exit: Exit, stdout: string, stderr: string): Outcome<CommandTestEnd> {
  if ('failure' in exit) return commandFailure(exit.failure, true);
  return succeeded({ exitCode: exit.code, stdout, stderr });
}

/** Output, up to a limit. */
class Collected {
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  add(bytes: Uint8Array): void {
    if (this.#length < mostBytes) this.#parts.push(Buffer.from(bytes));
    this.#length += bytes.length;
  }

  get text(): string {
    return Buffer.concat(this.#parts).subarray(0, mostBytes).toString();
  }
}
