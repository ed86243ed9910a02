/**
 * Measures `slipway build`: 10 trivial images at once, against the same through the raw API, and a build of 20 artifacts over
 * 50,000 files of which nothing has changed.
 */
import { writeTar } from '../src/tar/tar-writer.ts';
import { runCommand } from './rig/command.ts';
import { engineName } from './rig/peers.ts';
import { makeProject } from './rig/project.ts';
import { RawEngine } from './rig/raw-engine.ts';
import { inRounds } from './rig/rounds.ts';
import { readSettings } from './rig/settings.ts';
import { printComparison, printMachine } from './rig/table.ts';

const settings = readSettings(7);
const { image, cli } = settings;
const files = Number(settings.words[0] ?? 50_000);

printMachine();
for (const engine of settings.engines) {
  using raw = new RawEngine(engine);
  await using trivial = await makeProject(artifacts(10, 1));
  await using large = await makeProject(artifacts(20, files / 20));
  const slipway = async (
    { folder, env }: { folder: string; env: Readonly<Record<string, string>> },
    ...args: string[]
  ) => await runCommand([process.execPath, cli, 'build', folder, ...args], { env: { ...env, DOCKER_HOST: engine } });

  const tar = Buffer.concat(await collected(trivialContext()));
  printComparison(
    `10 trivial images at once, ${await engineName(raw)}`,
    await inRounds(
      [
        {
          name: 'raw API',
          once: async () =>
            void (await Promise.all(
              Array.from({ length: 10 }, async (_, i) => await raw.build(`bench/raw-${i}`, tar)),
            )),
        },
        { name: 'slipway build', once: async () => await slipway(trivial, '--no-cache-artifacts'), goal: 1.2 },
      ],
      settings.rounds,
    ),
  );

  await slipway(large);
  printComparison(
    `20 artifacts over ${files.toLocaleString('en-US')} files, nothing changed (goal: 300 ms), ${await engineName(raw)}`,
    await inRounds(
      [
        {
          name: 'find -type f',
          once: async () => await runCommand(['find', large.folder, '-type', 'f', '-size', '+1000000']),
        },
        { name: 'slipway build', once: async () => await slipway(large) },
      ],
      settings.rounds,
    ),
  );
}

/** Returns a configuration with so many artifacts of so many files each. */
function artifacts(count: number, filesEach: number): Record<string, string> {
  const names = Array.from({ length: count }, (_, i) => `a${i}`);
  const made: Record<string, string> = {
    'skaffold.yaml':
      'apiVersion: skaffold/v4beta14\nkind: Config\nbuild:\n  tagPolicy: {sha256: {}}\n  local: {push: false, concurrency: 0}\n' +
      `  artifacts:\n${names.map((name) => `    - {image: bench/${name}, context: ${name}}\n`).join('')}`,
  };
  for (const name of names) {
    made[`${name}/Dockerfile`] = `FROM ${image}\nCOPY . /src\n`;
    for (let i = 0; i < filesEach; i++) made[`${name}/d${i % 25}/f${i}.txt`] = `${name} ${i}\n`;
  }
  return made;
}

function trivialContext(): AsyncIterable<Uint8Array> {
  const entries = { Dockerfile: `FROM ${image}\nCOPY . /src\n`, 'd0/f0.txt': 'a0 0\n' };
  return writeTar(
    Object.entries(entries).map(([name, text]) => ({
      header: {
        name: Buffer.from(name),
        type: 'file' as const,
        mode: 0o644,
        uid: 0,
        gid: 0,
        size: text.length,
        mtimeMs: 0,
      },
      body: Buffer.from(text),
    })),
  );
}

async function collected(parts: AsyncIterable<Uint8Array>): Promise<readonly Uint8Array[]> {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  return all;
}
