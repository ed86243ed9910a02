import type { Command } from 'commander';
import type { Invocation } from '../invocation.ts';
import { addPipelineFlags, type PipelineFlags } from '../pipeline-flags.ts';
import type { ListFlags } from './vars-list.ts';

export function define(command: Command, invocation: Invocation): void {
  const list = command
    .command('list')
    .alias('ls')
    .description('list variables with their values, and where these come from');
  addPipelineFlags(list.argument('[path]', 'folder with a .wharf-ci.yml, or that file'))
    .option('-a, --all', 'also the definitions that stronger ones hide')
    .action(
      invocation.action(
        async (path: string | undefined, flags: ListFlags) =>
          await (await import('./vars-list.ts')).list(invocation, path, flags),
      ),
    );

  const substitute = command
    .command('substitute')
    .alias('sub')
    .description('fill variables in: from a file or stdin to stdout');
  addPipelineFlags(
    substitute
      .argument('[path]', 'folder with a .wharf-ci.yml, or that file')
      .argument('[file]', 'what is filled in; - or nothing: stdin'),
  ).action(
    invocation.action(
      async (path: string | undefined, file: string | undefined, flags: PipelineFlags) =>
        await (await import('./vars-substitute.ts')).substitute(invocation, { path, file }, flags),
    ),
  );
}
