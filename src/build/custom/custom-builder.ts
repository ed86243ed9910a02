import type { Builder } from '../builder.ts';
import { madeImage, type CommandSurroundings } from '../commands/made-image.ts';
import { runCommand } from '../../commands/run-command.ts';
import type { CustomDependencies } from './custom-inputs.ts';
import { customVariables } from './custom-variables.ts';

export interface CustomOptions {
  /** A command line for the shell. */
  readonly command: string;
  readonly dependencies: CustomDependencies;
  /** Variables of a configuration that builds in a cluster. */
  readonly variables?: Readonly<Record<string, string>>;
}

/**
 * Runs the build command of a `custom` artifact on this machine, in its context, with the variables of `customVariables`. The
 * command has to make the image and, if `PUSH_IMAGE` is `true`, to push it.
 */
export function customBuilder(around: CommandSurroundings): Builder<CustomOptions> {
  return {
    async build(build, work) {
      const { options, context } = build;
      const env = { ...around.env, ...customVariables(build), ...options.variables };
      const ended = await runCommand({ argv: ['sh', '-c', options.command], cwd: context, env }, work);
      return ended.status === 'succeeded' ? await madeImage(build, around, work) : ended;
    },
  };
}
