import { Buffer } from 'node:buffer';
import { tarOfFiles } from '../../../../tar/tar-of-files.ts';
import { holderCode } from './holder-code.ts';

/**
 * A program that holds the network of a workload and forwards ports. It is a few hundred bytes of machine code without
 * a library, so it runs in any image, also in an empty one (`holder-amd64.s`).
 */
export interface HolderProgram {
  readonly path: string;
  /** For the root of a container. */
  tar(): AsyncIterable<Uint8Array>;
}

const path = '/.slipway-pod';

/**
 * Returns the program for the images of one architecture, `undefined` if there is none.
 * @param architecture as the engine reports it for an image: `amd64`
 */
export function holderProgram(architecture: string | undefined): HolderProgram | undefined {
  if (architecture !== 'amd64' && architecture !== 'arm64') return undefined;
  const content = executable(architecture);
  return { path, tar: () => tarOfFiles([{ name: path.slice(1), content, mode: 0o755 }]) };
}

const headerLength = 64;
const programHeaderLength = 56;
const codeAt = headerLength + programHeaderLength;
/** The usual address of a program that is linked statically. */
const base = 0x400000n;
const machines = { amd64: 62, arm64: 183 } as const;

/** Puts the code into an ELF file with one segment (System V ABI, "ELF Header", "Program Header"). */
export function executable(architecture: keyof typeof machines): Buffer {
  const code = Buffer.from(holderCode[architecture], 'base64');
  const head = Buffer.alloc(codeAt);
  head.write('\u007fELF', 'latin1');
  // 64 bits, little endian, version 1.
  head.set([2, 1, 1], 4);
  head.writeUInt16LE(2, 16);
  head.writeUInt16LE(machines[architecture], 18);
  head.writeUInt32LE(1, 20);
  head.writeBigUInt64LE(base + BigInt(codeAt), 24);
  head.writeBigUInt64LE(BigInt(headerLength), 32);
  head.writeUInt16LE(headerLength, 52);
  head.writeUInt16LE(programHeaderLength, 54);
  head.writeUInt16LE(1, 56);
  // A segment to load, readable and executable: the whole file.
  head.writeUInt32LE(1, headerLength);
  head.writeUInt32LE(5, headerLength + 4);
  const length = BigInt(codeAt + code.length);
  for (const [at, value] of [
    [8, 0n],
    [16, base],
    [24, base],
    [32, length],
    [40, length],
    [48, 0x10000n],
  ] as const)
    head.writeBigUInt64LE(value, headerLength + at);
  return Buffer.concat([head, code]);
}
