import type { Command } from 'commander';
import { didYouMean } from '../../diagnostics/code-entry.ts';
import type { CommandTree, Invocation } from '../invocation.ts';
import { UsageError } from '../usage-error.ts';

export function define(command: Command, invocation: Invocation): void {
  command.argument('[command...]', 'a command and its subcommand').action(
    invocation.action(async (words: string[]) => {
      await invocation.host.stdout.write(helpOf(await commandNamed(invocation.commandTree(), words)));
      return 0;
    }),
  );
}

async function commandNamed(tree: CommandTree, words: readonly string[]): Promise<Command> {
  let found = tree.root;
  const path: string[] = [];
  for (const word of words) {
    const known = found.commands.filter((one) => !one.name().startsWith('__'));
    const next = known.find((one) => one.name() === word || one.aliases().includes(word));
    const shown = ['slipway', ...path].join(' ');
    if (next === undefined)
      throw new UsageError(
        `unknown command \`${[...path, word].join(' ')}\`${didYouMean(
          word,
          known.map((one) => one.name()),
        )}`,
        [`to list the commands: ${shown} --help`],
      );
    await tree.define(next);
    found = next;
    path.push(word);
  }
  return found;
}

/** Returns the help of a command, including the text that the command appends. */
function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (more) => void (text += more) }).outputHelp();
  return text;
}
