/** The command line as the parser sees it. */
import { Command, CommanderError, Option } from 'commander';
import { commandTable } from './command-table.ts';
import { parsePath } from './run-flags.ts';
import type { CommandTree, GlobalFlags, Invocation } from './invocation.ts';

export interface ProgramOutput {
  stdout(text: string): void;
  stderr(text: string): void;
}

export interface Program extends CommandTree {
  readonly globals: () => GlobalFlags;
}

/**
 * @param invocation called only when a command is called
 */
export function makeProgram(output: ProgramOutput, invocation: () => Invocation): Program {
  const root = new Command('slipway');
  const defined = new Set<Command>();
  const define = async (command: Command) => {
    // A subcommand may have the name of a command: `cache explain`.
    if (command.parent !== root || defined.has(command)) return;
    const entry = commandTable.find((one) => one.name === command.name());
    if (entry === undefined) return;
    defined.add(command);
    const { define: defineCommand } = await entry.load(invocation());
    defineCommand(command, invocation());
  };
  root
    .description(
      'Runs .wharf-ci.yml pipelines, and builds, tests and deploys a skaffold.yaml, on Docker, Podman, Kubernetes or this machine. Records every run in a log that can be replayed.',
    )
    .usage('[flags] COMMAND [arguments]')
    .addOption(new Option('-C, --directory <dir>', 'run as if started in this folder').argParser(parsePath))
    .addOption(new Option('--output <format>', 'output format').choices(['text', 'json']).default('text'))
    .addOption(new Option('--color <when>', 'colours').choices(['auto', 'always', 'never']).default('auto'))
    .option('-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand(false)
    .configureHelp({
      showGlobalOptions: true,
      minWidthToWrap: 30,
      optionDescription: describeOption,
      // A value that may be left out needs the equals sign.
      optionTerm: ({ flags, optional }) => (optional ? flags.replace(' [', '[=') : flags),
      // Arguments and flags are in the help of the subcommand.
      subcommandTerm: (command) => [command.name(), ...command.aliases()].join(', '),
    })
    .configureOutput({ writeOut: (text) => output.stdout(text), writeErr: (text) => output.stderr(text) })
    .exitOverride()
    // Like help: also after a command, which then does not run.
    .on('option:version', () => {
      output.stdout(`${invocation().version}\n`);
      throw new CommanderError(0, 'commander.version', '');
    })
    .hook('preSubcommand', async (_root, command) => await define(command));
  for (const entry of commandTable)
    root.command(entry.name, { hidden: entry.hidden === true }).description(entry.summary);
  return { root, globals: () => root.opts<GlobalFlags>(), define };
}

/** Returns a flag's choices and default for the help. */
function describeOption(option: Option): string {
  const choices = option.argChoices?.join(', ');
  const standard =
    option.defaultValue === undefined || option.negate ? undefined : `default ${String(option.defaultValue)}`;
  const notes = [choices, standard].filter((note) => note !== undefined).join('; ');
  return notes === '' ? option.description : `${option.description} (${notes})`;
}
