import type { Duplex } from 'node:stream';
import type { ExecIo, Exit } from '../../runtime.ts';
import { EngineError, EngineLost, isNotFound } from '../api/engine-error.ts';
import type { EngineSession } from '../api/engine-session.ts';
import { FrameReader } from '../api/frames.ts';

interface InspectedExec {
  readonly Running: boolean;
  readonly ExitCode: number | null;
}

/** Exit codes of shells: no such command, and not executable. */
const noSuchCommand = 127;

/** Runs a command in a running container. */
export async function execInContainer(
  session: EngineSession,
  container: string,
  argv: readonly string[],
  io: ExecIo,
): Promise<Exit> {
  const id = await createExec(session, container, argv, { AttachStdin: io.stdin !== undefined, Tty: false }, io.signal);
  try {
    const connection = await session.engine.hijack(`/exec/${id}/start`, {
      json: { Detach: false, Tty: false },
      signal: io.signal,
    });
    try {
      // Do not await: the command may end while its input continues.
      sendInput(connection, io.stdin).catch((error: Error) => connection.destroy(error));
      await readFrames(connection, io);
    } finally {
      connection.destroy();
    }
  } catch (error) {
    if (!(error instanceof EngineError) || !isCommandMissing(error)) throw error;
    return { code: noSuchCommand };
  }
  return await execExit(session, id);
}

export async function createExec(
  session: EngineSession,
  container: string,
  argv: readonly string[],
  how: { AttachStdin: boolean; Tty: boolean },
  signal: AbortSignal,
): Promise<string> {
  const json = { ...how, AttachStdout: true, AttachStderr: true, Cmd: argv };
  return (await session.engine.json<{ Id: string }>('POST', `/containers/${container}/exec`, { json, signal })).Id;
}

/** After this time without an exit code Podman has lost it. */
const unknownCodeMs = 5_000;

/**
 * Returns the exit of a command. The streams end shortly before the engine knows the exit code. Podman reports -1 until
 * it has read the code.
 */
export async function execExit(session: EngineSession, id: string): Promise<Exit> {
  for (let pause = 1, waited = 0; ; pause = Math.min(pause * 2, 50), waited += pause) {
    try {
      const { Running: running, ExitCode: code } = await session.engine.json<InspectedExec>('GET', `/exec/${id}/json`);
      if (!running && code !== null && (code >= 0 || waited > unknownCodeMs)) return { code };
    } catch (error) {
      if (!isNotFound(error)) throw error;
      return { failure: { code: 'workload-deleted', detail: 'the container was removed while a command ran in it' } };
    }
    await session.clock.sleep(pause);
  }
}

function isCommandMissing(error: EngineError): boolean {
  return /executable file not found|no such file or directory|permission denied|not a directory/i.test(error.said);
}

/** Reads the frames. Waits for a slow reader. */
export async function readFrames(connection: Duplex, io: Pick<ExecIo, 'stdout' | 'stderr' | 'signal'>): Promise<void> {
  const frames = new FrameReader();
  try {
    for await (const part of connection) {
      for (const { stream, bytes } of frames.push(part as Buffer))
        await (stream === 'stderr' ? io.stderr?.(bytes) : io.stdout?.(bytes));
      if (frames.foreign !== undefined) throw new EngineLost(frames.foreign);
    }
  } catch (error) {
    io.signal.throwIfAborted();
    throw error;
  }
}

/** Sends the input. The command may end without reading all of it. */
export async function sendInput(connection: Duplex, input: AsyncIterable<Uint8Array> | undefined): Promise<void> {
  if (!input) return;
  const closed = new Promise<void>((resolve) => connection.once('close', resolve));
  for await (const part of input) {
    if (connection.destroyed || connection.readableEnded) return;
    if (!connection.write(part))
      await Promise.race([closed, new Promise<void>((resolve) => connection.once('drain', resolve))]);
  }
  connection.end();
}
