import { endianness } from 'node:os';
import { hashLength } from './hash-path.ts';
import { Listing, metadataLength } from './listing.ts';

/**
 * The file of an index: a line of JSON (`Header`), then the numbers and hashes of all names in the order of the header. Arrays are
 * read without a copy of each number, so the file belongs to machines of one byte order.
 */
interface Header {
  readonly format: string;
  /** What it is an index of. Absolute. */
  readonly folder: string;
  /** The path of each listing, its names with `\0` between them, and how many there are. */
  readonly listings: readonly (readonly [string, string, number])[];
}

const format = `4 ${endianness()}`;

export function encodeListings(listings: ReadonlyMap<string, Listing>, folder: string): Uint8Array {
  const all = [...listings];
  const header: Header = {
    format,
    folder,
    listings: all.map(([path, { text, count }]) => [path, text, count]),
  };
  const line = Buffer.from(`${JSON.stringify(header)}\n`);
  const digests = all.map(([, { lastDigest, count }]) => lastDigest ?? noDigest(count));
  const bytes = ({ buffer, byteOffset, byteLength }: Float64Array) => new Uint8Array(buffer, byteOffset, byteLength);
  return Buffer.concat([
    line,
    // Numbers begin at a multiple of their size.
    Buffer.alloc(padding(line.length)),
    ...all.map(([, { metadata }]) => bytes(metadata)),
    ...all.map(([, { hashes }]) => hashes),
    ...digests.map(({ digest }) => digest),
    ...digests.map(({ selected }) => selected),
  ]);
}

/** Returns what a file knows of a folder: nothing if it is damaged, or of another format or folder. */
export function decodeListings(file: Buffer, folder: string): ReadonlyMap<string, Listing> {
  const header = readHeader(file);
  if (header?.format !== format || header.folder !== folder) return new Map();
  const { listings } = header;
  const start = file.indexOf(newline) + 1;
  const total = listings.reduce((sum, [, , count]) => sum + count, 0);
  const parts = { metadata: start + padding(start), hashes: 0, digests: 0, selected: 0, end: 0 };
  parts.hashes = parts.metadata + total * metadataLength * Float64Array.BYTES_PER_ELEMENT;
  parts.digests = parts.hashes + total * hashLength;
  parts.selected = parts.digests + listings.length * hashLength;
  parts.end = parts.selected + total;
  if (file.length !== parts.end) return new Map();
  const bytes = new Uint8Array(file);
  const metadata = new Float64Array(bytes.buffer, parts.metadata, total * metadataLength);
  const found = new Map<string, Listing>();
  let first = 0;
  for (const [i, [path, text, count]] of listings.entries()) {
    const next = first + count;
    const selected = bytes.subarray(parts.selected + first, parts.selected + next);
    const digest = bytes.subarray(parts.digests + i * hashLength, parts.digests + (i + 1) * hashLength);
    found.set(
      path,
      new Listing(
        text,
        count,
        metadata.subarray(first * metadataLength, next * metadataLength),
        bytes.subarray(parts.hashes + first * hashLength, parts.hashes + next * hashLength),
        selected.includes(1) ? { selected, digest } : undefined,
      ),
    );
    first = next;
  }
  return found;
}

/** Returns the folder that a file is an index of, or `undefined` if it is damaged or of another format. */
export function folderOfIndex(file: Buffer): string | undefined {
  const header = readHeader(file);
  return header?.format === format ? header.folder : undefined;
}

const newline = 10;

function readHeader(file: Buffer): Header | undefined {
  try {
    const { format: written, folder, listings } = JSON.parse(file.toString('utf8', 0, file.indexOf(newline))) as Header;
    const isListing = ([path, text, count]: Header['listings'][number]) =>
      typeof path === 'string' && typeof text === 'string' && Number.isSafeInteger(count) && count >= 0;
    return typeof folder === 'string' && listings.every(isListing) ? { format: written, folder, listings } : undefined;
  } catch {
    return undefined;
  }
}

function padding(length: number): number {
  return -length & (Float64Array.BYTES_PER_ELEMENT - 1);
}

function noDigest(count: number) {
  return { digest: new Uint8Array(hashLength), selected: new Uint8Array(count) };
}
