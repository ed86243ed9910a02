import { createReadStream, existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { cancelledBy, failed, succeeded, type Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import type { ImageBuilder } from '../../runtime/image-builder.ts';
import { runProgram } from '../../util/run-program.ts';
import type { Builder } from '../builder.ts';
import { reported } from '../commands/made-image.ts';
import { runCommand, type StepCommand } from '../../commands/run-command.ts';
import { bazelCommands, type BazelOptions } from './bazel-arguments.ts';

export interface BazelSurroundings {
  readonly env: StepCommand['env'];
  /** Loads the archive and pushes its image. */
  readonly images: Pick<ImageBuilder, 'load' | 'push'>;
}

/** Builds a target of Bazel whose output is an image archive, and loads it into the engine. A push is the engine's. */
export function bazelBuilder({ env, images }: BazelSurroundings): Builder<BazelOptions> {
  return {
    async build({ options, context, platforms, reference, push }, work) {
      if (images.load === undefined)
        return failed({
          code: 'unsupported',
          detail: 'an archive of Bazel needs an engine that keeps images: use --on docker',
        });
      if (platforms.length > 1)
        return failed({ code: 'unsupported', detail: 'Bazel builds an archive for one platform: choose one' });
      const commands = bazelCommands(options, platforms[0]);
      const place = { cwd: context, env, install: 'https://bazel.build/install/bazelisk' };
      const ended = await runCommand({ argv: commands.build, ...place }, work);
      if (ended.status !== 'succeeded') return ended;
      const root = await lastLine({ argv: commands.root, ...place }, work);
      if (root.status !== 'succeeded') return root;
      const path = await lastLine({ argv: commands.archive, ...place }, work);
      if (path.status !== 'succeeded') return path;
      const archive = resolve(root.value, path.value);
      if (!existsSync(archive))
        return failed({ code: 'build-failed', detail: `${options.target} made no archive: ${archive} does not exist` });
      const loaded = await images.load(createReadStream(archive), reference, work);
      if (loaded.status !== 'succeeded') return loaded;
      const built = reported(loaded.value, reference, work);
      if (!push) return succeeded(built);
      const pushed = await images.push({ reference, insecure: push.insecure }, work);
      return pushed.status === 'succeeded' ? succeeded({ ...built, digest: pushed.value.digest }) : pushed;
    },
  };
}

/** Returns the last line that a command prints. If the command fails, its messages are part of the output. */
async function lastLine({ argv, cwd, env }: StepCommand, work: Work): Promise<Outcome<string>> {
  try {
    const { code, stdout, stderr } = await runProgram({ argv, cwd, env, signal: work.signal });
    if (code === 0) return succeeded(stdout.toString().trim().split('\n').at(-1) ?? '');
    await work.output.write('stderr', stderr);
    return failed({ code: 'exit-nonzero', exitCode: code ?? 128 });
  } catch (error) {
    if (work.signal.aborted) return cancelledBy(work.signal);
    throw error;
  }
}
