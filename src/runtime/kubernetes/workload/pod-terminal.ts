import type { Exit, Terminal } from '../../runtime.ts';
import { openRemote, type PodPlace } from '../api/remote-command.ts';
import { podPath, type ClusterSession } from '../cluster-session.ts';
import { helperContainer } from '../pod/control-volume.ts';
import { beganCommand } from '../pod/gate.ts';
import type { Pod } from '../pod/pod-types.ts';
import { askPod } from './helper.ts';

/** A process with a terminal of its own, if somebody sits at one; in the helper, which has the files, where the container has ended. */
export async function openTerminal(session: ClusterSession, place: PodPlace, argv: readonly string[], terminal: Terminal): Promise<Exit> {
  const there = place.container !== helperContainer && (await hasEnded(session, place, terminal.signal)) ? { ...place, container: helperContainer } : place;
  const write = terminal.write.bind(terminal);
  const io = { stdin: terminal.input, stdout: write, stderr: write, tty: terminal.interactive, signal: terminal.signal };
  await using remote = await openRemote(session.client, there, argv, io);
  if (terminal.interactive) remote.resize(terminal.size);
  using _resizing = terminal.onResize((size) => remote.resize(size));
  const end = await remote.end;
  if ('code' in end) return end;
  await terminal.write(Buffer.from(`${end.refused}\n`));
  return { code: 127 };
}

/** Asked at once, as whoever adopts a pod has not heard of it yet: what is typed must not be lost to a container that is gone. */
async function hasEnded(session: ClusterSession, { pod, container }: PodPlace, signal: AbortSignal): Promise<boolean> {
  const said = (await askPod(session, pod, beganCommand(container), signal))?.text.trim() ?? absent;
  if (said !== absent) return said.startsWith('ended');
  // No gate is before it: only its status tells.
  const { status } = await session.client.json<Pod>('GET', podPath(session, pod), { signal });
  return status?.containerStatuses?.find(({ name }) => name === container)?.state?.terminated !== undefined;
}

const absent = 'absent';
