/**
 * The header of one entry and its two encodings: plain ustar if everything fits, otherwise ustar after a pax header
 * (POSIX.1-2017, pax). Names stay bytes.
 */
import { TarError } from '../util/tar-error.ts';

export const blockSize = 512;

export type TarType = 'file' | 'directory' | 'symlink' | 'hardlink' | 'characterDevice' | 'blockDevice' | 'fifo';

export interface TarHeader {
  /** As in the archive, but without trailing slashes. The writer adds them for directories. */
  readonly name: Buffer;
  readonly type: TarType;
  /** Permission bits with setuid, setgid and sticky: `0o7777`. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of the body. 0 unless the entry is a file. */
  readonly size: number;
  /** Milliseconds since 1970. Written as whole seconds: a fraction would cost 1 KiB for each entry. */
  readonly mtimeMs: number;
  /** The target of a symlink (never resolved), or the name of the entry that a hard link repeats. */
  readonly linkName?: Buffer;
}

/** Attributes from a pax header or GNU's long names, for the next entry. */
export type PaxRecords = ReadonlyMap<string, Buffer>;

/** A block as written, before extended headers apply. It may also be an extended header. */
export interface UstarBlock extends Omit<TarHeader, 'type'> {
  readonly flag: number;
}

const typeFlags: Record<TarType, string> = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  characterDevice: '3',
  blockDevice: '4',
  directory: '5',
  fifo: '6',
};
const typeOfFlag = new Map<number, TarType>(
  Object.entries(typeFlags).map(([type, flag]) => [flag.charCodeAt(0), type as TarType]),
);
const slash = 0x2f;
const nameLength = 100;
const prefixAt = 345;
const prefixLength = 155;
const largestOctal11 = 8 ** 11 - 1;
const largestOctal7 = 8 ** 7 - 1;

/** Returns the header's blocks. The body follows them. */
export function encodeHeader(header: TarHeader): Buffer {
  const name = header.type === 'directory' ? Buffer.concat([header.name, Buffer.of(slash)]) : header.name;
  const split = splitName(name);
  const records = paxRecordsFor(header, name, split !== undefined);
  const shortName = split ?? { prefix: undefined, name: name.subarray(0, nameLength) };
  if (records.length === 0) return encodeBlock(header, shortName, typeFlags[header.type]);
  const body = Buffer.concat(records);
  const paxName = Buffer.from('PaxHeaders');
  const pax = encodeBlock(
    { ...header, mode: 0o644, uid: 0, gid: 0, size: body.length, mtimeMs: 0, linkName: undefined },
    { name: paxName, prefix: undefined },
    'x',
  );
  return Buffer.concat([
    pax,
    body,
    Buffer.alloc(paddingAfter(body.length)),
    encodeBlock(header, shortName, typeFlags[header.type]),
  ]);
}

/** Returns the number of zero bytes between a body and the next header. */
export function paddingAfter(size: number): number {
  return (blockSize - (size % blockSize)) % blockSize;
}

interface SplitName {
  readonly prefix: Buffer | undefined;
  readonly name: Buffer;
}

/** Splits a name into ustar's two fields. Returns `undefined` if the name does not fit. */
function splitName(name: Buffer): SplitName | undefined {
  if (name.length <= nameLength) return { prefix: undefined, name };
  // The slash between the fields is not written, and the second field must not be empty. A directory's last slash does
  // not count.
  const cut = name.lastIndexOf(slash, Math.min(prefixLength, name.length - 2));
  if (cut <= 0 || name.length - cut - 1 > nameLength) return undefined;
  return { prefix: name.subarray(0, cut), name: name.subarray(cut + 1) };
}

function paxRecordsFor(header: TarHeader, name: Buffer, nameFits: boolean): Buffer[] {
  const records: Buffer[] = [];
  if (!nameFits) records.push(paxRecord('path', name));
  if (header.linkName !== undefined && header.linkName.length > nameLength)
    records.push(paxRecord('linkpath', header.linkName));
  if (header.size > largestOctal11) records.push(paxRecord('size', Buffer.from(String(header.size))));
  if (header.uid > largestOctal7) records.push(paxRecord('uid', Buffer.from(String(header.uid))));
  if (header.gid > largestOctal7) records.push(paxRecord('gid', Buffer.from(String(header.gid))));
  const seconds = Math.floor(header.mtimeMs / 1000);
  if (seconds < 0 || seconds > largestOctal11) records.push(paxRecord('mtime', Buffer.from(String(seconds))));
  return records;
}

/** Formats `<length> key=value\n`. The length includes its own digits. */
function paxRecord(key: string, value: Buffer): Buffer {
  const rest = key.length + value.length + 3;
  let length = rest + String(rest).length;
  if (String(length).length > String(rest).length) length = rest + String(length).length;
  return Buffer.concat([Buffer.from(`${length} ${key}=`), value, Buffer.from('\n')]);
}

type BlockFields = Pick<TarHeader, 'mode' | 'uid' | 'gid' | 'size' | 'mtimeMs'> & {
  readonly linkName?: Buffer | undefined;
};

function encodeBlock(header: BlockFields, name: SplitName, flag: string): Buffer {
  const block = Buffer.alloc(blockSize);
  name.name.copy(block, 0);
  writeOctal(block, 100, 8, header.mode & 0o7777);
  writeOctal(block, 108, 8, header.uid > largestOctal7 ? 0 : header.uid);
  writeOctal(block, 116, 8, header.gid > largestOctal7 ? 0 : header.gid);
  writeOctal(block, 124, 12, header.size > largestOctal11 ? 0 : header.size);
  const seconds = Math.floor(header.mtimeMs / 1000);
  writeOctal(block, 136, 12, seconds < 0 || seconds > largestOctal11 ? 0 : seconds);
  block.write(flag, 156, 'latin1');
  header.linkName?.copy(block, 157, 0, nameLength);
  block.write('ustar\u000000', 257, 'latin1');
  writeOctal(block, 329, 8, 0);
  writeOctal(block, 337, 8, 0);
  name.prefix?.copy(block, prefixAt);
  block.write(`${sumOf(block).toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

function writeOctal(block: Buffer, at: number, length: number, value: number): void {
  block.write(value.toString(8).padStart(length - 1, '0'), at, 'latin1');
}

/** Sums all bytes of the block, with spaces in place of the checksum. */
function sumOf(block: Buffer): number {
  let sum = 8 * 0x20;
  for (let i = 0; i < 148; i++) sum += block[i]!;
  for (let i = 156; i < blockSize; i++) sum += block[i]!;
  return sum;
}

/** Decodes one block. Returns `undefined` if it is all zeros: the archive's end. */
export function decodeBlock(block: Buffer, offset: number): UstarBlock | undefined {
  const stated = readNumber(block, 148, 8);
  const sum = sumOf(block);
  if (stated !== sum) {
    if (sum === 8 * 0x20 && block.every((byte) => byte === 0)) return undefined;
    throw new TarError('not-a-tar', `no tar header at byte ${offset}: its checksum does not match`);
  }
  const ustar = block.toString('latin1', 257, 263);
  const name = readText(block, 0, nameLength);
  // GNU's format ("ustar " with a space) has other fields in place of the prefix.
  const prefix = ustar === 'ustar\0' ? readText(block, prefixAt, prefixLength) : undefined;
  const linkName = readText(block, 157, nameLength);
  return {
    name: prefix !== undefined && prefix.length > 0 ? Buffer.concat([prefix, Buffer.of(slash), name]) : name,
    flag: block[156]!,
    mode: readNumber(block, 100, 8) & 0o7777,
    uid: readNumber(block, 108, 8),
    gid: readNumber(block, 116, 8),
    size: readNumber(block, 124, 12),
    mtimeMs: readNumber(block, 136, 12) * 1000,
    ...(linkName.length > 0 ? { linkName } : {}),
  };
}

/** Returns a copy, so that a kept name does not keep its chunk. */
function readText(block: Buffer, at: number, length: number): Buffer {
  const end = block.indexOf(0, at);
  return Buffer.from(block.subarray(at, end === -1 || end > at + length ? at + length : end));
}

/** Parses octal digits, or binary if the first bit is set (GNU's encoding of large numbers, two's complement). */
function readNumber(block: Buffer, at: number, length: number): number {
  const first = block[at]!;
  if ((first & 0x80) !== 0) {
    let value = (first & 0x3f) - ((first & 0x40) !== 0 ? 64 : 0);
    for (let i = 1; i < length; i++) value = value * 256 + block[at + i]!;
    return value;
  }
  let value = 0;
  for (let i = at; i < at + length; i++) {
    const digit = block[i]! - 0x30;
    if (digit >= 0 && digit <= 7) value = value * 8 + digit;
    else if (digit !== 0x20 - 0x30 || value > 0) break;
  }
  return value;
}

/** Returns the header of an entry from its block and the extended records. */
export function toHeader(block: UstarBlock, records: PaxRecords, offset: number): TarHeader {
  if (block.flag === 0x53 /* S */ || records.has('GNU.sparse.major') || records.has('GNU.sparse.map')) {
    throw new TarError('unsupported', `a sparse file at byte ${offset}: pack it without holes`);
  }
  const rawName = records.get('path') ?? block.name;
  const name = withoutSlashesAtEnd(rawName);
  const oldDirectory = (block.flag === 0 || block.flag === 0x30) && name.length < rawName.length;
  // POSIX: an unknown type is read as a file.
  const type = oldDirectory ? 'directory' : (typeOfFlag.get(block.flag) ?? 'file');
  const linkName = records.get('linkpath') ?? block.linkName;
  return {
    name,
    type,
    mode: block.mode,
    uid: numberRecord(records, 'uid', offset) ?? block.uid,
    gid: numberRecord(records, 'gid', offset) ?? block.gid,
    // Some writers store the target's size for links, but only files have a body.
    size: type === 'file' ? sizeChecked(numberRecord(records, 'size', offset) ?? block.size, offset) : 0,
    mtimeMs: mtimeRecord(records, offset) ?? block.mtimeMs,
    ...((type === 'symlink' || type === 'hardlink') && linkName !== undefined ? { linkName } : {}),
  };
}

function withoutSlashesAtEnd(name: Buffer): Buffer {
  let end = name.length;
  while (end > 1 && name[end - 1] === slash) end--;
  return end === name.length ? name : name.subarray(0, end);
}

function numberRecord(records: PaxRecords, key: string, offset: number): number | undefined {
  const text = records.get(key)?.toString('latin1');
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (!Number.isFinite(value))
    throw new TarError('not-a-tar', `the pax record "${key}" before byte ${offset} is not a number`);
  return value;
}

function mtimeRecord(records: PaxRecords, offset: number): number | undefined {
  const seconds = numberRecord(records, 'mtime', offset);
  return seconds === undefined ? undefined : Math.round(seconds * 1000);
}

function sizeChecked(size: number, offset: number): number {
  if (!Number.isSafeInteger(size) || size < 0)
    throw new TarError('not-a-tar', `the entry at byte ${offset} has an invalid size: ${size}`);
  return size;
}

/** Decodes the records of a pax header. */
export function decodePax(body: Buffer, offset: number): Map<string, Buffer> {
  const records = new Map<string, Buffer>();
  let at = 0;
  while (at < body.length && body[at] !== 0) {
    const space = body.indexOf(0x20, at);
    const length = space === -1 ? NaN : Number(body.toString('latin1', at, space));
    const equals = space === -1 ? -1 : body.indexOf(0x3d, space);
    if (
      !Number.isSafeInteger(length) ||
      length < 5 ||
      at + length > body.length ||
      equals === -1 ||
      equals >= at + length
    ) {
      throw new TarError('not-a-tar', `the pax header before byte ${offset} is invalid`);
    }
    records.set(body.toString('utf8', space + 1, equals), Buffer.from(body.subarray(equals + 1, at + length - 1)));
    at += length;
  }
  return records;
}
