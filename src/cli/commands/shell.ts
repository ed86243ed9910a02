import type { Command } from 'commander';
import type { Terminal } from '../../runtime/runtime.ts';
import { visible } from '../../util/visible.ts';
import { describeFailure } from '../../words/describe-failure.ts';
import { exitCodes, type Host, type Input } from '../host.ts';
import type { Invocation } from '../invocation.ts';
import { refuse } from '../refuse.ts';
import { findRun, requireStep, stateOf } from '../reference/find-run.ts';
import { keepFailedCommand } from '../reference/keep-failed-command.ts';
import { notEmpty } from '../run-flags.ts';
import { UsageError } from '../usage-error.ts';

export function define(command: Command, invocation: Invocation): void {
  command
    .argument('<run>', 'number, id, id prefix, or latest', notEmpty('RUN'))
    .argument('<step>', 'id, name, or STAGE/NAME', notEmpty('STEP'))
    .action(invocation.action(async (run: string, step: string) => await shell(invocation, run, step)));
  invocation.check(command, (_flags, _operands, { output }) =>
    output === 'json' ? [new UsageError('shell does not support --output json')] : [],
  );
}

/** Opens the shell. Returns the shell's exit code, as `docker exec` does. */
async function shell(invocation: Invocation, reference: string, stepReference: string): Promise<number> {
  const { host } = invocation;
  const { id, store } = await findRun(invocation, reference);
  await using reader = await store.read(id);
  const state = await stateOf(reader);
  const step = requireStep(state, stepReference);
  const services = await invocation.services();
  const stop = new AbortController();
  // In a raw terminal Ctrl-C is a byte for the shell. Signals from elsewhere end this process.
  using _signals = host.onSignal(() => stop.abort());
  const raw: ReturnType<Input['raw']>[] = [];
  const ended = await services
    .shell(id, step.planned.id, {
      terminal: () => {
        const input = host.stdin.raw();
        raw.push(input);
        return terminalOf(host, input, stop.signal);
      },
      local: async (argv, place) => await host.runHere(argv, place),
      signal: stop.signal,
    })
    .finally(() => raw.forEach((input) => input[Symbol.dispose]()));
  if (ended.status === 'refused') return await refuse(invocation, ended.diagnostics);
  if (ended.status === 'unavailable') {
    await invocation.tell(...ended.detail.split('\n'));
    return exitCodes.unavailable;
  }
  if (ended.status === 'not-kept') {
    await invocation.tell(
      `cannot open a shell: ${ended.message}`,
      `  to keep the step if it fails: ${keepFailedCommand(state, step, host.cwd)}`,
    );
    return exitCodes.usage;
  }
  if ('code' in ended.exit) return ended.exit.code;
  const { what, detail, advice } = describeFailure(ended.exit.failure);
  await invocation.tell(
    `cannot open a shell: ${visible(what)}`,
    ...[...detail, ...advice].map((line) => `  ${visible(line)}`),
  );
  return exitCodes.unavailable;
}

function terminalOf(
  { stdin, stdout: screen }: Pick<Host, 'stdin' | 'stdout'>,
  input: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Terminal {
  const size = () => ({ columns: screen.columns, rows: screen.rows });
  return {
    interactive: stdin.isTerminal,
    input,
    write: async (bytes) => await screen.write(bytes),
    get size() {
      return size();
    },
    onResize: (changed) => screen.onResize(() => changed(size())),
    signal,
  };
}
