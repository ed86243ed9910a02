import { createHash } from 'node:crypto';
import { asEngineLost } from '../api/engine-error.ts';
import type { EngineSession, InspectedContainer } from '../api/engine-session.ts';
import { FrameReader, RawReader } from '../api/frames.ts';

const mostBytes = 256;
const newline = 0x0a;

/** Reports whether the engine deletes the beginning of a container's log when the log is too long. */
export function rotatesLog({ HostConfig: { LogConfig: log } }: InspectedContainer): boolean {
  return log?.Type === 'local' || log?.Config?.['max-size'] !== undefined;
}

/**
 * Returns a text that identifies the first line of a container's log, by its time stamp and its bytes. Returns
 * `undefined` if the log is empty. Another one means that the beginning of the log was deleted.
 */
export async function logHead(
  { session, id, tty }: { readonly session: EngineSession; readonly id: string; readonly tty: boolean },
  signal: AbortSignal,
): Promise<string | undefined> {
  const answer = await session.engine.open('GET', `/containers/${id}/logs`, {
    query: { stdout: 1, stderr: 1, timestamps: 1 },
    signal,
  });
  const frames = tty ? new RawReader() : new FrameReader();
  let head = Buffer.alloc(0);
  try {
    for await (const part of answer) {
      for (const { bytes } of frames.push(part as Buffer)) head = Buffer.concat([head, bytes]);
      if (head.includes(newline) || head.length >= mostBytes) break;
    }
  } catch (error) {
    throw asEngineLost(error);
  } finally {
    answer.destroy();
  }
  if (head.length === 0) return undefined;
  const end = head.indexOf(newline);
  const line = head.subarray(0, Math.min(mostBytes, end < 0 ? head.length : end));
  return createHash('sha256').update(line).digest('hex').slice(0, 32);
}
