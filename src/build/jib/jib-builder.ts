import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { failed, succeeded } from '../../model/outcome.ts';
import type { Builder } from '../builder.ts';
import { madeImage, reported, type CommandSurroundings } from '../commands/made-image.ts';
import { runCommand } from '../../commands/run-command.ts';
import { temporaryFolder } from '../../commands/temporary-folder.ts';
import { jibCommand, jibPrograms, jibToolOf, type JibOptions } from './jib-arguments.ts';

/** Builds programs for the JVM by Maven or Gradle, whose configuration must have the Jib plugin. */
export function jibBuilder(around: CommandSurroundings): Builder<JibOptions> {
  return {
    async build(build, work) {
      const { context, options, push, platforms, reference } = build;
      const has = (name: string) => existsSync(join(context, name));
      const tool = options.tool ?? jibToolOf(has);
      if (tool === undefined)
        return failed({
          code: 'build-failed',
          detail: `${context} has neither pom.xml nor build.gradle: set \`type\` of \`jib\` to maven or gradle`,
        });
      await using folder = await temporaryFolder();
      const imageJson = join(folder.path, 'jib-image.json');
      const setting = { tool, wrapper: has(jibPrograms[tool].wrapper), imageJson };
      const ended = await runCommand(jibCommand(build, setting, around.env), work);
      if (ended.status !== 'succeeded') return ended;
      // Of several platforms, the file has only one image.
      const digest =
        push && platforms.length < 2 ? jibDigest(await readFile(imageJson, 'utf8').catch(() => '')) : undefined;
      if (digest !== undefined) return succeeded(reported({ digest }, reference, work));
      return await madeImage(build, around, work);
    },
  };
}

/** Returns the digest of the manifest in `jib-image.json`. */
export function jibDigest(text: string): string | undefined {
  return /"imageDigest"\s*:\s*"(sha256:[0-9a-f]{64})"/.exec(text)?.[1];
}
