/** Measures a million lines (100 MB) from one step, against `docker logs`. Also prints the growth of memory. */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../src/model/clock.ts';
import { dockerProvider } from '../src/runtime/docker/docker-provider.ts';
import type { RunLog } from '../src/store/store.ts';
import { runCommand } from './rig/command.ts';
import { temporaryFolder } from './rig/folder.ts';
import { engineName } from './rig/peers.ts';
import { makeProject, pipelineOf } from './rig/project.ts';
import { RawEngine } from './rig/raw-engine.ts';
import { inRounds, median } from './rig/rounds.ts';
import { benchServices, driven, stagesOf, startOn } from './rig/services.ts';
import { readSettings } from './rig/settings.ts';
import { figure, printComparison, printMachine, printTable } from './rig/table.ts';

/**
 * Returns a command that prints lines of 100 bytes. It writes 8 KiB at a time, so that printing is not the bottleneck.
 */
function printLines(count: number): string {
  return `yes $(printf %099d 7) | head -c ${count * 100}`;
}

const megabyte = 1e6;
const earlyLines = 100_000;
const slowAppendMs = 50;

async function measure(): Promise<void> {
  const settings = readSettings(3);
  const { image, cli } = settings;
  const lines = Number(settings.words[0] ?? 1_000_000);
  const bytes = lines * 100;
  await using project = await makeProject({ '.wharf-ci.yml': pipelineOf(1, image, printLines(lines)) });
  const command = ['sh', '-c', printLines(lines)];
  printMachine();
  for (const engine of settings.engines) {
    using raw = new RawEngine(engine);
    const options = { cwd: project.folder, env: { ...project.env, DOCKER_HOST: engine } };
    const name = `slipway-bench-logs-${process.pid}`;
    const provider = dockerProvider({
      env: { ...process.env, DOCKER_HOST: engine },
      home: homedir(),
      uid: userInfo().uid,
      clock: systemClock,
    });
    await using services = benchServices({
      state: join(project.state, 'alone'),
      provider,
      stages: stagesOf(1, 1, image, printLines(lines)),
    });
    await runCommand(
      ['docker', 'run', '--name', name, ...logDriver((await raw.version()).name), image, ...command],
      options,
    );
    try {
      const measured = await inRounds(
        [
          { name: 'docker logs', once: async () => await runCommand(['docker', 'logs', name], options) },
          {
            name: 'docker run --rm',
            once: async () =>
              await runCommand(
                ['docker', 'run', '--rm', ...logDriver((await raw.version()).name), image, ...command],
                options,
              ),
          },
          {
            name: 'raw: create, attach, start, output, remove',
            once: async () =>
              void (await raw.runOnce({
                Image: image,
                Cmd: command,
                HostConfig: { LogConfig: { Type: (await raw.version()).name === 'Docker' ? 'json-file' : 'k8s-file' } },
              })),
          },
          {
            name: 'engine, in one process, no follower',
            goal: 2,
            once: async () => {
              const { status } = await driven(await services.start(startOn(provider))).done;
              if (status !== 'succeeded') throw new Error(`the run ended with status ${status}`);
            },
          },
          {
            name: 'slipway run --quiet',
            goal: 2,
            once: async () => await runCommand([process.execPath, cli, 'run', '--quiet'], options),
          },
          { name: 'slipway run', goal: 2, once: async () => await runCommand([process.execPath, cli, 'run'], options) },
          {
            name: 'slipway logs',
            once: async () => await runCommand([process.execPath, cli, 'logs', 'latest'], options),
          },
        ],
        settings.rounds,
        1,
      );
      const fastest = figure(bytes / megabyte / (median(measured[0]!.values) / 1_000));
      printComparison(
        `${lines} lines, ${bytes / megabyte} MB, ${await engineName(raw)} (docker logs: ${fastest} MB/s)`,
        measured,
      );
      // The growth is in Slipway, not in the engine: one engine is enough.
      if (engine === settings.engines[0]) await printGrowth(await engineName(raw), options, cli, image, lines, engine);
    } finally {
      await runCommand(['docker', 'rm', '-f', name], options);
    }
  }
}

/** Returns flags for the kind of log that Slipway uses. */
function logDriver(engine: string): string[] {
  return ['--log-driver', engine === 'Docker' ? 'json-file' : 'k8s-file'];
}

async function printGrowth(
  engine: string,
  options: { cwd: string; env: Record<string, string> },
  cli: string,
  image: string,
  lines: number,
  address: string,
): Promise<void> {
  const early = earlyLines * 100;
  const slowWrites = [
    'strace',
    '-f',
    '--seccomp-bpf',
    '-qq',
    '-o',
    '/dev/null',
    '-e',
    'trace=pwrite64,fsync,fdatasync',
    '-e',
    'inject=pwrite64:delay_exit=500',
    '-e',
    'inject=fsync,fdatasync:delay_exit=100000',
  ];
  const own = [process.execPath, process.argv[1]!, '--engine-only', address, image, String(lines)];
  const rows = [
    ['slipway run', await growth([process.execPath, cli, 'run'], options, early)],
    ['slipway run, its output read at 10 MB/s', await growth([process.execPath, cli, 'run'], options, early, 10)],
    [`engine in one process, each append ${slowAppendMs} ms later`, await growth(own, options, early)],
    ...((await has('strace'))
      ? ([
          [
            'slipway run, a disk of 8 MB/s (0.5 ms for each 4 KB, 100 ms for each sync)',
            await growth([...slowWrites, process.execPath, cli, 'run'], options, early),
          ],
        ] as const)
      : []),
  ] as const;
  printTable(
    `Memory of the process, ${engine}; MB`,
    ['', `at line ${earlyLines}`, 'most after that', 'growth', 'goal', 'seconds'],
    rows.map(([name, { atEarly, most, seconds }]) => [
      name,
      figure(atEarly / megabyte),
      figure(most / megabyte),
      figure((most - atEarly) / megabyte),
      '50',
      figure(seconds),
    ]),
  );
}

/** Runs a command, reads its output and samples the resident memory of its Node process (Linux). */
async function growth(
  argv: readonly string[],
  options: { cwd: string; env: Record<string, string> },
  early: number,
  megabytesPerSecond?: number,
): Promise<{ atEarly: number; most: number; seconds: number }> {
  const before = performance.now();
  const child = spawn(argv[0]!, argv.slice(1), {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve, reject) =>
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`${argv.join(' ')}: exit code ${code}`)))),
  );
  let read = 0;
  let atEarly = 0;
  let most = 0;
  let over = false;
  const pid = argv[0] === 'strace' ? async () => await onlyChild(child.pid!) : async () => child.pid!;
  const watching = (async () => {
    while (!over) {
      const resident = await residentBytes(await pid());
      if (read < early) atEarly = resident;
      else most = Math.max(most, resident);
      await sleep(20);
    }
  })();
  for await (const part of child.stdout) {
    read += (part as Buffer).length;
    if (megabytesPerSecond !== undefined) await sleep((part as Buffer).length / (megabytesPerSecond * 1_000));
  }
  over = true;
  await ended;
  await watching;
  return { atEarly, most, seconds: (performance.now() - before) / 1_000 };
}

async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1_024;
}

async function onlyChild(pid: number): Promise<number> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return Number(children.split(' ')[0]) || pid;
}

async function has(program: string): Promise<boolean> {
  return await runCommand([program, '-V']).then(
    () => true,
    () => false,
  );
}

/** Runs in its own process. Prints every stored byte, so that the parent knows the progress. */
async function engineOnly(engine: string, image: string, lines: number): Promise<void> {
  await using folder = await temporaryFolder();
  const provider = dockerProvider({
    env: { ...process.env, DOCKER_HOST: engine },
    home: homedir(),
    uid: userInfo().uid,
    clock: systemClock,
  });
  const slowly = (log: RunLog): Pick<RunLog, 'append'> => ({
    append: async (events) => {
      await sleep(slowAppendMs);
      const seq = await log.append(events);
      for (const event of events) if (event.type === 'output') process.stdout.write(event.bytes);
      return seq;
    },
  });
  await using services = benchServices({
    state: folder.path,
    provider,
    stages: stagesOf(1, 1, image, printLines(lines)),
    log: slowly,
  });
  await driven(await services.start(startOn(provider))).done;
}

if (process.argv[2] === '--engine-only') await engineOnly(process.argv[3]!, process.argv[4]!, Number(process.argv[5]));
else await measure();
