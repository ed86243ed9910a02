/**
 * Measures how fast variables are filled into a file of 100 MB, and the growth of memory. Files have few placeholders,
 * many, or unclosed openings.
 */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { substituteStream } from '../src/wharf/vars/substitute-stream.ts';
import { temporaryFolder } from './rig/folder.ts';
import { inRounds, median } from './rig/rounds.ts';
import { readSettings } from './rig/settings.ts';
import { figure, printMachine, printTable } from './rig/table.ts';

const megabyte = 1e6;
const { rounds, words } = readSettings(5);
const size = Number(words[0] ?? 100) * megabyte;
const values = new Map([
  ['GIT_COMMIT', '3f2c1ab0d4e5f60718293a4b5c6d7e8f90a1b2c3'],
  ['name', 'shop'],
]);

const line = 'a line of a manifest as most are, with nothing in it to fill in, but for one: ';
const kinds = [
  { name: 'one placeholder in 10,000 bytes', text: `${`${line}\n`.repeat(125)}\${GIT_COMMIT}\n` },
  { name: 'one in 100 bytes', text: `${line} \${GIT_COMMIT}\n` },
  { name: 'one in 20 bytes', text: 'app: ${name}-${name}\n' },
  { name: 'nothing but placeholders', text: '${name}${name}' },
  { name: 'unclosed openings', text: '${ text ' },
];

printMachine();
await using folder = await temporaryFolder();
const rows: string[][] = [];
for (const [i, { name, text }] of kinds.entries()) {
  const path = join(folder.path, `file-${i}`);
  await writeRepeated(path, text);
  const memory: number[] = [];
  const [reading, filling] = await inRounds(
    [
      {
        name: 'reading',
        once: async () => void (await bytesOf(createReadStream(path, { highWaterMark: 256 * 1024 }))),
      },
      {
        name: 'filling',
        once: async () => {
          globalThis.gc?.();
          const before = process.memoryUsage.rss();
          let most = before;
          let seen = 0;
          for await (const bytes of substituteStream(
            createReadStream(path, { highWaterMark: 256 * 1024 }),
            values,
            () => undefined,
          )) {
            seen += bytes.length;
            if (seen > 4 * megabyte) [seen, most] = [0, Math.max(most, process.memoryUsage.rss())];
          }
          memory.push((most - before) / megabyte);
        },
      },
    ],
    rounds,
  );
  const rate = (ms: readonly number[]) => figure(size / megabyte / (median(ms) / 1000));
  rows.push([name, rate(filling!.values), rate(reading!.values), '200', figure(Math.max(...memory.slice(1)))]);
}
printTable(
  `Filling variables into ${size / megabyte} MB, read from a file; ${rounds} rounds`,
  ['', 'MB/s', 'reading only', 'goal', 'memory growth, MB'],
  rows,
);

async function writeRepeated(path: string, text: string): Promise<void> {
  await using file = await open(path, 'w');
  const block = Buffer.from(text.repeat(Math.ceil(megabyte / text.length)));
  for (let written = 0; written < size; written += block.length)
    await file.write(block, 0, Math.min(block.length, size - written));
}

async function bytesOf(source: AsyncIterable<Uint8Array>): Promise<number> {
  let bytes = 0;
  for await (const chunk of source) bytes += chunk.length;
  return bytes;
}
