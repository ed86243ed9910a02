/**
 * Assembles `src/runtime/docker/deployments/holder/*.s` with `llvm-mc` (LLVM), and writes `holder-code.ts`.
 * Run it after a change of the sources. With the name of an architecture, it only prints the code of that one.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../src/runtime/docker/deployments/holder/', import.meta.url));
const targets = { amd64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' };

/** Returns the machine code of one source: the section `.text` of the object file. */
function assembled(architecture) {
  const work = mkdtempSync(join(tmpdir(), 'slipway-holder-'));
  try {
    const object = join(work, 'holder.o');
    const source = join(folder, `holder-${architecture}.s`);
    execFileSync('llvm-mc', [`--triple=${targets[architecture]}`, '--filetype=obj', '-o', object, source]);
    return textSection(readFileSync(object));
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** Reads the ELF format (64 bits, little endian). */
function textSection(file) {
  const table = Number(file.readBigUInt64LE(40));
  const [size, count, names] = [58, 60, 62].map((at) => file.readUInt16LE(at));
  const section = (i) => {
    const at = table + i * size;
    const [offset, length] = [24, 32].map((field) => Number(file.readBigUInt64LE(at + field)));
    return {
      name: file.readUInt32LE(at),
      type: file.readUInt32LE(at + 4),
      body: file.subarray(offset, offset + length),
    };
  };
  const texts = section(names).body;
  for (let i = 0; i < count; i++) {
    const { name, type, body } = section(i);
    const text = texts.toString('latin1', name, texts.indexOf(0, name));
    if (type === 4 && body.length > 0) throw new Error('the source has relocations: it refers to other sections');
    if (text === '.text') return Buffer.from(body);
  }
  throw new Error('the object has no code');
}

const [wanted] = process.argv.slice(2);
if (wanted !== undefined) console.log(assembled(wanted).toString('base64'));
else {
  const lines = Object.keys(targets).map((architecture) => {
    const code = assembled(architecture).toString('base64');
    const parts = code.match(/.{1,108}/g) ?? [];
    return `  ${architecture}: [\n${parts.map((part) => `    '${part}',`).join('\n')}\n  ].join(''),`;
  });
  writeFileSync(
    join(folder, 'holder-code.ts'),
    `/** The machine code of \`holder-*.s\`, made by \`scripts/make-holder-programs.mjs\`. Base64. */\nexport const holderCode = {\n${lines.join('\n')}\n} as const;\n`,
  );
}
