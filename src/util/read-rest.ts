import { readSync } from 'node:fs';
import type { Readable } from 'node:stream';

const partBytes = 64 * 1024;

/** The most that a pipe holds, unless root enlarged it (pipe(7)): whatever is read beyond that was written later. */
const pipeLimit = 1024 * 1024;

/**
 * Reads without waiting what a pipe or socket of Node holds, past its stream.
 *
 * All that a writer wrote before it ended is in the pipe. So after its end this returns the rest of it, also while
 * another process keeps the pipe open, and no time has to pass to know that. The stream must be paused or have been
 * read empty, since its own buffer comes first.
 */
export function readRest(stream: Readable): readonly Buffer[] {
  const parts: Buffer[] = [];
  const descriptor = descriptorOf(stream);
  if (descriptor === undefined) return parts;
  for (let taken = 0; taken < pipeLimit;) {
    const part = readPart(descriptor);
    if (part === undefined) break;
    parts.push(part);
    taken += part.length;
  }
  return parts;
}

/** `undefined` at the end of the file, and where reading would block. */
function readPart(descriptor: number): Buffer | undefined {
  const buffer = Buffer.allocUnsafe(partBytes);
  try {
    const length = readSync(descriptor, buffer);
    return length === 0 ? undefined : buffer.subarray(0, length);
  } catch {
    return undefined;
  }
}

/**
 * Node has no public access to the descriptor of a child's pipe. Handles have this property on all systems but Windows.
 */
function descriptorOf(stream: Readable & { readonly _handle?: { readonly fd?: number } | null }): number | undefined {
  const descriptor = stream.destroyed ? undefined : stream._handle?.fd;
  return descriptor !== undefined && descriptor >= 0 ? descriptor : undefined;
}
