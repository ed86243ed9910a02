/**
 * Measures how fast secrets are masked in output. Varies their number and size. Also measures making a mask, and output
 * that almost matches.
 */
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { makeMask } from '../src/secrets/make-mask.ts';
import type { Mask } from '../src/secrets/mask.ts';
import { figure, printMachine, printTable } from './rig/table.ts';
import { readSettings } from './rig/settings.ts';

const megabyte = 1e6;
const chunkLength = 64 * 1024;
const { rounds, words } = readSettings(5);
const size = Number(words[0] ?? 16) * megabyte;

printMachine();
const pieces = Array.from({ length: 5 }, (_, i) => noise(`small ${i}`, 20));
const masks: [string, Mask, number][] = [];
for (const [name, values] of [
  ['no secret', []],
  ['1 of 27 characters', pieces.slice(0, 1)],
  ['5 of 27 characters', pieces],
  ['a file of certificates, 60 KB', [certificates(60_000)]],
  ['220 KB', [certificates(220_000)]],
  ['1 MB', [certificates(megabyte)]],
  ['1.3 MB', [certificates(1.3 * megabyte)]],
  ['one character, 5,000 times', ['a'.repeat(5000)]],
] satisfies [string, string[]][]) {
  globalThis.gc?.();
  const before = process.memoryUsage();
  const cpu = process.cpuUsage();
  let longest = 0;
  let last = performance.now();
  const timer = setInterval(
    () => ([longest, last] = [Math.max(longest, performance.now() - last), performance.now()]),
    1,
  );
  const mask = await makeMask(values);
  clearInterval(timer);
  const { user, system } = process.cpuUsage(cpu);
  globalThis.gc?.();
  const after = process.memoryUsage();
  masks.push([name, mask, (user + system) / 1000]);
  const kept = (after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers) / megabyte;
  console.log(
    `${name}: made in ${figure((user + system) / 1000)} ms of CPU, longest turn ${figure(longest)} ms, keeps ${figure(Math.max(0, kept))} MB`,
  );
}

const lines = repeated(
  Array.from(
    { length: 5000 },
    (_, i) =>
      `step ${i}: compiling src/components/item-${(i * 7919) % 1000}.ts -> dist (${i % 77} kB) in ${i % 997} ms\n`,
  ).join(''),
);
const json = repeated(
  Array.from(
    { length: 5000 },
    (_, i) => `{"at":"10:00:${i}","msg":"it said \\"hi\\"","url":"/items?id=${i}&q=%20y","took":${i % 997}}\n`,
  ).join(''),
);
const base64 = repeated((noise('output', 150_000).match(/.{1,76}/g) ?? []).join('\n'));
const nested = repeated(
  Array.from(
    { length: 5000 },
    (_, i) =>
      `${JSON.stringify({ msg: JSON.stringify({ id: i, name: `item ${i}`, path: `C:\\a\\${i}`, ok: true }) })}\n`,
  ).join(''),
);
const urls = repeated(
  Array.from({ length: 5000 }, (_, i) => `GET /a%2Fb%20c/${i}?q=${encodeURIComponent(`x y/z=${i}&"w"`)} 200\n`).join(
    '',
  ),
);
const rows = masks.map(([name, mask]) => [
  name,
  ...[lines, json, base64, nested, urls].map((text) => rate(mask, text)),
]);
printTable(
  `Masking ${size / megabyte} MB in chunks of 64 KiB, best of ${rounds}, MB for each second of CPU`,
  ['', 'log', 'JSON', 'base64', 'JSON in JSON', 'URLs'],
  rows,
);

const secret = certificates(megabyte);
const near = (length: number, behind: string) =>
  Array.from({ length: 2000 }, (_, i) => secret.slice(i * 256, i * 256 + length) + behind).join('');
const [, certificate] = masks.find(([name]) => name === '1 MB')!;
const [, repeating] = masks.find(([name]) => name.startsWith('one character'))!;
printTable(
  'Output that almost matches secrets',
  ['', 'MB/s'],
  [
    ['the whole secret of 1 MB', rate(certificate, Buffer.from(secret))],
    ['prefixes of 60 of 256 characters', rate(certificate, Buffer.from(near(60, ' ')))],
    ['prefixes of 250 of 256 characters', rate(certificate, Buffer.from(near(250, '!')))],
    ['one character, 255 of 256 times', rate(repeating, Buffer.from(`${'a'.repeat(255)}b`.repeat(4000)))],
    ['the same in base64', rate(repeating, Buffer.from('YWFh'.repeat(250_000)))],
  ],
);

function rate(mask: Mask, text: Buffer): string {
  let best = Infinity;
  for (let round = 0; round < rounds; round++) {
    const stream = mask.stream();
    const before = process.cpuUsage();
    for (let at = 0; at < text.length; at += chunkLength) stream.push(text.subarray(at, at + chunkLength));
    stream.end();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1e6);
  }
  return figure(text.length / megabyte / best);
}

function repeated(text: string): Buffer {
  return Buffer.from(text.repeat(Math.ceil(size / text.length)));
}

/** Returns the same bytes for the same seed. */
function noise(seed: string, bytes: number): string {
  const parts: Buffer[] = [];
  for (let i = 0; i * 64 < bytes; i++) parts.push(createHash('sha512').update(`${seed} ${i}`).digest());
  return Buffer.concat(parts).subarray(0, bytes).toString('base64');
}

function certificates(length: number): string {
  let out = '';
  for (let i = 0; out.length < length; i++) {
    const body = noise(`certificate ${i}`, 900).match(/.{1,64}/g) ?? [];
    out += `-----BEGIN CERTIFICATE-----\n${body.join('\n')}\n-----END CERTIFICATE-----\n`;
  }
  return out.slice(0, length);
}
