import type { Command } from 'commander';
import type { Invocation } from '../invocation.ts';
import { addPipelineFlags, type PipelineFlags } from '../pipeline-flags.ts';
import { parsePath } from '../run-flags.ts';
import type { ListFlags } from './vars-list.ts';

export function define(command: Command, invocation: Invocation): void {
  command.usage('[flags] COMMAND [arguments]').helpCommand('help [command]', 'print the help of a command');
  const list = command.command('list').alias('ls').description('list variables with their values and sources');
  addPipelineFlags(list.argument('[path]', 'a .wharf-ci.yml or its folder', parsePath))
    .option('-a, --all', 'also list overridden definitions')
    .action(
      invocation.action(
        async (path: string | undefined, flags: ListFlags) =>
          await (await import('./vars-list.ts')).list(invocation, path, flags),
      ),
    );

  const substitute = command
    .command('substitute')
    .alias('sub')
    .description('substitute variables in a file or stdin, and print the result');
  addPipelineFlags(
    substitute
      .argument('[path]', 'a .wharf-ci.yml or its folder', parsePath)
      .argument('[file]', 'the input; without it or with -, stdin', parsePath),
  ).action(
    invocation.action(
      async (path: string | undefined, file: string | undefined, flags: PipelineFlags) =>
        await (await import('./vars-substitute.ts')).substitute(invocation, { path, file }, flags),
    ),
  );
}
