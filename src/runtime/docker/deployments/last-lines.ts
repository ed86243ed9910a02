import { Buffer } from 'node:buffer';
import { EngineError, EngineLost } from '../api/engine-error.ts';
import { readAll } from '../api/engine-client.ts';
import type { EngineSession } from '../api/engine-session.ts';
import { FrameReader } from '../api/frames.ts';
import { inspect } from '../workload/container-end.ts';

const mostLines = 10;
const longestLine = 500;

/** Returns the last lines of a container's output, none if the engine cannot read them. */
export async function lastLines(session: EngineSession, id: string, signal: AbortSignal): Promise<readonly string[]> {
  try {
    const { Config: config } = await inspect(session, id);
    const query = { stdout: 1, stderr: 1, tail: mostLines };
    const body = await readAll(await session.engine.open('GET', `/containers/${id}/logs`, { query, signal }));
    const text = config.Tty ? body : Buffer.concat(new FrameReader().push(body).map(({ bytes }) => bytes));
    const lines = text
      .toString()
      .split('\n')
      .map((line) => line.trimEnd());
    return lines
      .filter((line) => line !== '')
      .slice(-mostLines)
      .map((line) => line.slice(0, longestLine));
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof EngineError || error instanceof EngineLost) return [];
    throw error;
  }
}
