import type { Duplex } from 'node:stream';
import type { Exit, Terminal } from '../../runtime.ts';
import { containerEnd, inspect } from './container-end.ts';
import { EngineError, EngineLost } from '../api/engine-error.ts';
import { hasEnded, ownLabels, type EngineSession } from '../api/engine-session.ts';
import { createExec, execExit, readFrames, sendInput } from './exec-session.ts';
import { removeContainers, removeImage } from './remove-workload.ts';

/** Runs a process, with a terminal if the caller has one: in the container while it runs, otherwise in a copy. */
export async function openTerminal(
  session: EngineSession,
  container: string,
  argv: readonly string[],
  terminal: Terminal,
): Promise<Exit> {
  const { State: state } = await inspect(session, container);
  return hasEnded(state)
    ? await openInCopy(session, container, argv, terminal)
    : await openInside(session, container, argv, terminal);
}

async function openInside(
  session: EngineSession,
  container: string,
  argv: readonly string[],
  terminal: Terminal,
): Promise<Exit> {
  const tty = terminal.interactive;
  const id = await createExec(session, container, argv, { AttachStdin: true, Tty: tty }, terminal.signal);
  const connection = await session.engine.hijack(`/exec/${id}/start`, {
    json: { Detach: false, Tty: tty },
    signal: terminal.signal,
  });
  await converse(session, connection, `/exec/${id}/resize`, terminal);
  return await execExit(session, id);
}

/** Opens a copy: an ended container cannot be entered. Its files become an image as long as the session lasts. */
async function openInCopy(
  session: EngineSession,
  container: string,
  argv: readonly string[],
  terminal: Terminal,
): Promise<Exit> {
  const original = await inspect(session, container);
  const labels = { ...original.Config.Labels, [ownLabels.role]: 'shell' };
  const image = await session.engine.json<{ Id: string }>('POST', '/commit', {
    query: {
      container,
      pause: 0,
      changes: Object.entries(labels)
        .map(([key, value]) => `LABEL ${JSON.stringify(key)}=${JSON.stringify(value)}`)
        .join('\n'),
    },
    json: {},
    signal: terminal.signal,
  });
  const made: string[] = [];
  try {
    const { Id: id } = await session.engine.json<{ Id: string }>('POST', '/containers/create', {
      json: copyRequest(image.Id, original, argv, labels, terminal.interactive),
    });
    made.push(id);
    const connection = await session.engine.hijack(`/containers/${id}/attach`, {
      query: { stream: 1, stdin: 1, stdout: 1, stderr: 1 },
      signal: terminal.signal,
    });
    await session.engine.json('POST', `/containers/${id}/start`);
    await converse(session, connection, `/containers/${id}/resize`, terminal);
    return await containerEnd(session, { id });
  } finally {
    await removeContainers(session, made);
    await removeImage(session, image.Id);
  }
}

function copyRequest(
  image: string,
  original: Awaited<ReturnType<typeof inspect>>,
  argv: readonly string[],
  labels: object,
  tty: boolean,
): object {
  return {
    Image: image,
    Entrypoint: argv.slice(0, 1),
    Cmd: argv.slice(1),
    Env: original.Config.Env ?? [],
    WorkingDir: original.Config.WorkingDir,
    Labels: labels,
    Tty: tty,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    OpenStdin: true,
    StdinOnce: true,
    HostConfig: {
      Init: true,
      Mounts: (original.Mounts ?? [])
        .filter((mount) => mount.Type === 'volume')
        .map((mount) => ({ Type: 'volume', Source: mount.Name, Target: mount.Destination })),
    },
  };
}

/**
 * Copies data until the other side ends. A terminal's stream has no frames. The end of its input does not reach the
 * process; that of a pipe does.
 */
async function converse(
  session: EngineSession,
  connection: Duplex,
  resizePath: string,
  terminal: Terminal,
): Promise<void> {
  const resize = ({ columns, rows }: { columns: number; rows: number }) => {
    // The engine refuses a resize before the start or after the end. The next one will succeed.
    session.engine.json('POST', resizePath, { query: { w: columns, h: rows } }).catch((error: unknown) => {
      if (!(error instanceof EngineError) && !(error instanceof EngineLost)) connection.destroy(error as Error);
    });
  };
  if (terminal.interactive) resize(terminal.size);
  using _resizing = terminal.onResize(resize);
  sendInput(connection, terminal.input).catch((error: Error) => connection.destroy(error));
  try {
    if (terminal.interactive) for await (const bytes of connection) await terminal.write(bytes as Buffer);
    else
      await readFrames(connection, {
        stdout: terminal.write.bind(terminal),
        stderr: terminal.write.bind(terminal),
        signal: terminal.signal,
      });
  } catch (error) {
    terminal.signal.throwIfAborted();
    throw error;
  } finally {
    connection.destroy();
  }
}
