import type { Exit, Terminal } from '../../runtime.ts';
import { openRemote, type PodPlace } from '../../../clusters/api/remote-command.ts';
import type { ClusterSession } from '../cluster-session.ts';
import { exitOfCommand } from './command-exit.ts';

/** Runs a process, with a terminal if the caller has one. Prints the error there if there is no such program. */
export async function openTerminal(
  session: ClusterSession,
  place: PodPlace,
  argv: readonly string[],
  terminal: Terminal,
): Promise<Exit> {
  const write = terminal.write.bind(terminal);
  const io = {
    stdin: terminal.input,
    stdout: write,
    stderr: write,
    tty: terminal.interactive,
    signal: terminal.signal,
  };
  await using remote = await openRemote(session.client, place, argv, io);
  if (terminal.interactive) remote.resize(terminal.size);
  using _resizing = terminal.onResize((size) => remote.resize(size));
  const end = await remote.end;
  const exit = exitOfCommand(end);
  if ('refused' in end && 'code' in exit) await terminal.write(Buffer.from(`${end.refused}\n`));
  return exit;
}
