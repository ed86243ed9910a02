import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { cancelledBy, failed, succeeded, type Outcome } from '../../model/outcome.ts';
import type { Stream, Work } from '../../model/work.ts';
import { onAbort } from '../../util/abort.ts';
import { signalGroup } from '../../util/session.ts';
import type { ArtifactBuild, Builder, BuiltArtifact } from '../builder.ts';
import { customVariables } from './custom-variables.ts';

export interface CustomOptions {
  /** A command line for the shell. */
  readonly command: string;
}

/** What a custom build depends on outside of its artifact. */
export interface CustomSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Returns the image that the command has made, or `undefined` if there is none. */
  find(reference: string, pushed: boolean, work: Work): Promise<Outcome<BuiltArtifact | undefined>>;
}

/** How long a cancelled command may take to end. */
const graceMs = 5_000;

/**
 * Runs the build command of a `custom` artifact on this machine, in its context, with the variables of `customVariables`. The
 * command has to make the image and, if `PUSH_IMAGE` is `true`, to push it.
 */
export function customBuilder(around: CustomSurroundings): Builder<CustomOptions> {
  return {
    async build(build, work) {
      const ended = await runCommand(build, around.env, work);
      if (ended.status !== 'succeeded') return ended;
      const pushed = build.push !== undefined;
      const found = await around.find(build.reference, pushed, work);
      if (found.status !== 'succeeded') return found;
      if (found.value) return succeeded(found.value);
      const where = pushed ? 'the registry does not have' : 'the engine does not have';
      return failed({ code: 'build-failed', detail: `the command succeeded, but ${where} ${build.reference}` });
    },
  };
}

async function runCommand(
  build: ArtifactBuild<CustomOptions>,
  env: CustomSurroundings['env'],
  work: Work,
): Promise<Outcome> {
  if (work.signal.aborted) return cancelledBy(work.signal);
  const child = spawn('sh', ['-c', build.options.command], {
    cwd: build.context,
    env: { ...env, ...customVariables(build) },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, so that a cancelled command ends with all that it has started.
    detached: true,
  });
  const exit = new Promise<{ code: number | null; signal: NodeJS.Signals | null } | Error>((resolve) => {
    child.once('error', resolve);
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  const { pid } = child;
  const ended = new AbortController();
  using _stopping = onAbort(work.signal, () => {
    if (pid === undefined) return;
    signalGroup(pid, 'SIGTERM');
    work.clock.sleep(graceMs, ended.signal).then(
      () => signalGroup(pid, 'SIGKILL'),
      () => undefined,
    );
  });
  const reading = Promise.all([forward(child.stdout, 'stdout', work), forward(child.stderr, 'stderr', work)]);
  const end = await exit;
  // A process that the command leaves behind may keep the pipes open.
  if (work.signal.aborted && pid !== undefined) signalGroup(pid, 'SIGKILL');
  await reading;
  ended.abort();
  if (work.signal.aborted) return cancelledBy(work.signal);
  if (end instanceof Error) return failed({ code: 'start-failed', detail: end.message });
  if (end.code === 0) return succeeded(undefined);
  return failed({ code: 'exit-nonzero', exitCode: end.code ?? 128, ...(end.signal && { signal: end.signal }) });
}

async function forward(stream: Readable, name: Stream, work: Work): Promise<void> {
  for await (const bytes of stream as AsyncIterable<Uint8Array>) await work.output.write(name, bytes);
}
