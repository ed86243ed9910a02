import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { failed } from '../../model/outcome.ts';
import type { Builder } from '../builder.ts';
import { madeImage, type CommandSurroundings } from '../commands/made-image.ts';
import { runCommand } from '../../commands/run-command.ts';
import { packCommand, type BuildpacksOptions } from './buildpacks-arguments.ts';

/** Builds images without a Dockerfile by the command `pack` of Cloud Native Buildpacks. */
export function buildpacksBuilder(around: CommandSurroundings): Builder<BuildpacksOptions> {
  return {
    async build(build, work) {
      const { context, options, platforms } = build;
      if (platforms.length > 1)
        return failed({ code: 'unsupported', detail: 'buildpacks build an image for one platform: choose one' });
      const hasDescriptor = existsSync(join(context, options.projectDescriptor));
      const ended = await runCommand(packCommand(build, hasDescriptor, around.env), work);
      return ended.status === 'succeeded' ? await madeImage(build, around, work) : ended;
    },
  };
}
