/**
 * Reads files that users and repositories name. All such reads go through this file. A name may be an endless device,
 * or a pipe without a writer. So this reads only regular files, opens them without blocking, and limits their size.
 */
import fs from 'node:fs';
import { Socket } from 'node:net';
import { devNull } from 'node:os';

/** Larger files are not configuration. */
const largestText = 8 * 2 ** 20;

export interface ReadOptions {
  /** In bytes. Default: `largestText`. */
  readonly atMost?: number;
  /** Also reads a pipe to its end, such as `<(command)`. */
  readonly orPipe?: boolean;
}

/** The path is not a readable file. The message names both. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile';
  constructor(
    readonly path: string,
    /** `a folder`, `a pipe`, `larger than 8 MiB`. */
    readonly what: string,
  ) {
    super(`${path} is ${what}`);
  }
}

/** Rejects with `UnreadableFile` and the system's errors. */
export async function readRegularFile(
  path: string,
  { atMost = largestText, orPipe = false }: ReadOptions = {},
): Promise<Buffer> {
  const found = await fs.promises.stat(path);
  if (orPipe && found.isFIFO()) return await readPipe(path, atMost);
  // Check before opening: opening a device may have an effect.
  check(path, found, atMost);
  const handle = await fs.promises.open(path, flags);
  try {
    const stat = await handle.stat();
    check(path, stat, atMost);
    const content = new Content(path, atMost);
    for (;;) {
      const part = Buffer.allocUnsafe(partSize(stat.size));
      const { bytesRead } = await handle.read(part, 0, part.length, null);
      if (bytesRead === 0) return content.whole();
      content.add(part.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
}

/** The synchronous form of `readRegularFile`. */
export function readRegularFileSync(path: string, { atMost = largestText }: Pick<ReadOptions, 'atMost'> = {}): Buffer {
  check(path, fs.statSync(path), atMost);
  const fd = fs.openSync(path, flags);
  try {
    const stat = fs.fstatSync(fd);
    check(path, stat, atMost);
    const content = new Content(path, atMost);
    for (;;) {
      const part = Buffer.allocUnsafe(partSize(stat.size));
      const count = fs.readSync(fd, part, 0, part.length, null);
      if (count === 0) return content.whole();
      content.add(part.subarray(0, count));
    }
  } finally {
    fs.closeSync(fd);
  }
}

const flags = fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0);

/** Waits for a writer, and reads until the last one has closed its end. */
async function readPipe(path: string, atMost: number): Promise<Buffer> {
  const fd = fs.openSync(path, flags);
  if (!fs.fstatSync(fd).isFIFO()) {
    fs.closeSync(fd);
    throw new UnreadableFile(path, 'no longer a pipe');
  }
  // The socket closes the descriptor, however the reading ends.
  const pipe = new Socket({ fd, readable: true, writable: false });
  const content = new Content(path, atMost);
  for await (const part of pipe) content.add(part as Buffer);
  return content.whole();
}

function check(path: string, stat: fs.Stats, atMost: number): void {
  // `/dev/null` is a common way to name an empty file.
  if (isNull(stat)) return;
  if (!stat.isFile()) throw new UnreadableFile(path, `${kindOf(stat)}, not a file`);
  if (stat.size > atMost) throw tooLarge(path, atMost);
}

function isNull(stat: fs.Stats): boolean {
  return stat.isCharacterDevice() && stat.rdev === fs.statSync(devNull, { throwIfNoEntry: false })?.rdev;
}

function kindOf(stat: fs.Stats): string {
  if (stat.isDirectory()) return 'a folder';
  if (stat.isFIFO()) return 'a pipe';
  return stat.isSocket() ? 'a socket' : 'a device';
}

function tooLarge(path: string, atMost: number): UnreadableFile {
  return new UnreadableFile(path, `larger than ${Math.floor(atMost / 2 ** 20)} MiB`);
}

/** Files of `/proc` report no size. One extra byte detects the end with a single read. */
function partSize(size: number): number {
  return Math.min(Math.max(size + 1, 4096), 2 ** 20);
}

/** The bytes read so far. The size that a file reports is no limit. */
class Content {
  readonly #parts: Buffer[] = [];
  #size = 0;
  readonly #path: string;
  readonly #atMost: number;

  constructor(path: string, atMost: number) {
    this.#path = path;
    this.#atMost = atMost;
  }

  add(part: Buffer): void {
    this.#size += part.length;
    if (this.#size > this.#atMost) throw tooLarge(this.#path, this.#atMost);
    this.#parts.push(part);
  }

  whole(): Buffer {
    return this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts);
  }
}
