import { readSync } from 'node:fs';
import type { Readable } from 'node:stream';

const partBytes = 64 * 1024;

/** The capacity of a pipe unless root enlarged it (pipe(7)). Bytes beyond it were written later. */
const pipeLimit = 1024 * 1024;

/**
 * Reads what a pipe or socket of Node holds, without waiting and past its stream.
 *
 * Everything that a writer wrote before it ended is in the pipe. So this returns the rest of its output, even while
 * another process keeps the pipe open. The stream must be paused or drained first, since its own buffer comes first.
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

/** Returns `undefined` at the end of the file, or if reading would block. */
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
 * Returns the descriptor of a child's pipe. Node has no public API for it. Handles have this property on all systems
 * but Windows.
 */
function descriptorOf(stream: Readable & { readonly _handle?: { readonly fd?: number } | null }): number | undefined {
  const descriptor = stream.destroyed ? undefined : stream._handle?.fd;
  return descriptor !== undefined && descriptor >= 0 ? descriptor : undefined;
}
