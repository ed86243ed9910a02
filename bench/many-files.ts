/**
 * Measures one step with a workspace of 10,000 files, with its snapshot and upload. The peer uploads the finished tar
 * once.
 */
import { mkdir, mkdtemp } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../src/model/clock.ts';
import { dockerProvider } from '../src/runtime/docker/docker-provider.ts';
import { takeSnapshot } from '../src/workspace/snapshot/snapshot.ts';
import { runCommand } from './rig/command.ts';
import { actArguments, actMissing, engineName } from './rig/peers.ts';
import { makeProject, pipelineOf, type Project } from './rig/project.ts';
import { RawEngine } from './rig/raw-engine.ts';
import { inRounds, type Contender } from './rig/rounds.ts';
import { benchServices, driven, stagesOf, startOn } from './rig/services.ts';
import { readSettings } from './rig/settings.ts';
import { printComparison, printMachine } from './rig/table.ts';

const settings = readSettings(10);
const { image, act, cli } = settings;
const files = Number(settings.words[0] ?? 10_000);
await using project = await makeProject({
  ...sourceFiles(files),
  '.wharf-ci.yml': pipelineOf(1, image),
  // Without a checkout, act uploads no files.
  '.github/workflows/one.yml':
    'on: push\njobs:\n  one:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: "true"\n        shell: sh\n',
});
await runCommand(['git', '-C', project.folder, 'gc', '-q'], { env: project.env });
const tar = await readyTar(project);

printMachine();
if (act === undefined) console.log(actMissing);
for (const engine of settings.engines) {
  using raw = new RawEngine(engine);
  const env = { ...process.env, DOCKER_HOST: engine };
  const provider = dockerProvider({ env, home: homedir(), uid: userInfo().uid, clock: systemClock });
  await using services = benchServices({
    state: join(project.state, 'alone'),
    provider,
    stages: stagesOf(1, 1, image),
    directory: project.folder,
  });
  const options = { cwd: project.folder, env: { ...project.env, DOCKER_HOST: engine } };
  const body = { Image: image, Entrypoint: ['/bin/sh'], Cmd: ['-c', 'true'], Labels: { 'slipway-bench': 'raw' } };
  const contenders: Contender[] = [
    {
      name: 'raw: create, send the tar, attach, start, output, remove',
      once: async () => void (await raw.runOnce(body, { path: '/', tar })),
    },
    { name: 'slipway run', once: async () => await runCommand([process.execPath, cli, 'run'], options), goal: 1.5 },
    {
      name: 'engine, in one process',
      goal: 1.5,
      once: async () => {
        const { status } = await driven(await services.start(startOn(provider))).done;
        if (status !== 'succeeded') throw new Error(`the run ended with status ${status}`);
      },
    },
    { name: 'snapshot of the tree alone', once: async () => void (await readyTar(project)) },
    ...(act === undefined
      ? []
      : [{ name: 'act, with a checkout', once: async () => await runCommand([act, ...actArguments(image)], options) }]),
  ];
  const title = `One step on a workspace of ${files} files (a tar of ${(tar.length / 1e6).toFixed(1)} MB), ${await engineName(raw)}`;
  printComparison(title, await inRounds(contenders, settings.rounds));
}

/** Writes files with the sizes of a source repository: most are small. */
function sourceFiles(count: number): Record<string, string> {
  const line = 'export const answer = 42; // what a line of a program looks like\n';
  return Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      `src/part-${Math.floor(i / 50)}/file-${i}.ts`,
      line.repeat(1 + ((i * 7919) % 60)),
    ]),
  );
}

/** Returns the tar that Slipway would upload. */
async function readyTar({ folder, state }: Project): Promise<Uint8Array> {
  const { signal } = new AbortController();
  await mkdir(state, { recursive: true });
  const snapshot = await takeSnapshot({
    root: folder,
    folder: await mkdtemp(join(state, 'tar-')),
    ignore: 'git',
    signal,
  });
  const parts: Uint8Array[] = [];
  for await (const part of snapshot.open({ uid: 0, gid: 0 }, signal)) parts.push(part);
  return Buffer.concat(parts);
}
