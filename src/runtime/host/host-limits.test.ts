/** Cases beyond the contract: processes that escape, owners that die, machines that lack something. */
import { execFileSync, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test as base } from 'vitest';
import { systemClock } from '../../model/clock.ts';
import type { Observation, Work } from '../../model/work.ts';
import { readProcessIdentity } from '../../util/process-identity.ts';
import type { ContainerSpec, Workload, WorkloadRef, WorkloadSpec } from '../runtime.ts';
import { bundled } from '../../../test/rigs/bundled.ts';
import { filesWith } from '../../../test/rigs/files-with.ts';
import { processesCalled, processesWith } from '../../../test/rigs/leak-check.ts';
import { Spoken } from '../../../test/rigs/spoken.ts';
import { tarSource } from '../../../test/rigs/tree.ts';
import { HostRuntime } from './host-runtime.ts';

const isLinux = process.platform === 'linux';
const self = readProcessIdentity();
const { signal } = new AbortController();

const test = base.extend<{ directory: string }>({
  directory: async ({}, use) => {
    const directory = mkdtempSync(join(tmpdir(), 'slipway-host-'));
    await use(directory);
    expect(processesWith(directory)).toEqual([]);
    rmSync(directory, { recursive: true, force: true });
  },
});

function runtimeIn(directory: string, env: Record<string, string | undefined> = process.env): HostRuntime {
  return new HostRuntime({ directory, env, clock: systemClock, self });
}

/** @param observed receives the observations */
function workFor(observed: Observation[] = []): Work {
  return {
    signal,
    clock: systemClock,
    output: { write: () => undefined, lost: () => undefined, observe: (fact) => void observed.push(fact) },
  };
}

function shell(script: string, more: Partial<WorkloadSpec> = {}, container: Partial<ContainerSpec> = {}): WorkloadSpec {
  return {
    name: 'one',
    labels: { test: 'host' },
    lifetime: 'step',
    pull: 'never',
    volumes: [],
    containers: [{ name: 'main', image: '', command: ['sh', '-c', script], env: {}, mounts: [], ...container }],
    ...more,
  };
}

async function started(runtime: HostRuntime, spec: WorkloadSpec, work = workFor()): Promise<Workload> {
  const outcome = await runtime.start(spec, work);
  if (outcome.status !== 'succeeded') throw new Error(JSON.stringify(outcome));
  return outcome.value;
}

async function printed(workload: Workload): Promise<{ stdout: string; stderr: string }> {
  const text = { stdout: '', stderr: '', combined: '' };
  for await (const chunk of workload.logs('main', {}, signal))
    if ('bytes' in chunk) text[chunk.stream] += Buffer.from(chunk.bytes).toString();
  return { stdout: text.stdout, stderr: text.stderr };
}

async function refs(runtime: HostRuntime): Promise<WorkloadRef[]> {
  const found: WorkloadRef[] = [];
  for await (const ref of runtime.find({}, signal)) found.push(ref);
  return found;
}

test('redirections to /dev/stdout and /dev/stderr work, as in a container', async ({ directory }) => {
  await using workload = await started(
    runtimeIn(directory),
    shell('echo out > /dev/stdout; echo err > /dev/stderr; echo more >> /dev/stdout'),
  );
  expect(await printed(workload)).toEqual({ stdout: 'out\nmore\n', stderr: 'err\n' });
});

test('commands have no terminal, no input, and a session of their own', async ({ directory }) => {
  await using workload = await started(
    runtimeIn(directory),
    shell('cat; if [ -t 0 ] || [ -t 1 ]; then echo terminal; fi; (: > /dev/tty) 2>/dev/null || echo none'),
  );
  expect((await printed(workload)).stdout).toBe('none\n');
});

test('only allowed environment variables are inherited', async ({ directory }) => {
  const runtime = runtimeIn(directory, {
    PATH: process.env['PATH'],
    HOME: '/home/somebody',
    GITHUB_TOKEN: 'secret',
    SSH_AUTH_SOCK: '/agent',
  });
  await using workload = await started(runtime, shell('env', {}, { env: { STEP: 'yes' } }));
  const names = (await printed(workload)).stdout.split('\n').map((line) => line.split('=')[0]);
  expect(names).toEqual(expect.arrayContaining(['HOME', 'PATH', 'STEP']));
  expect(names).not.toEqual(expect.arrayContaining(['GITHUB_TOKEN']));
  expect(names).not.toEqual(expect.arrayContaining(['SSH_AUTH_SOCK']));
});

test.skipIf(!isLinux)(
  'a daemon that left the session and closed its output ends with the command',
  async ({ directory }) => {
    await using workload = await started(
      runtimeIn(directory),
      shell(
        'setsid sh -c "exec >/dev/null 2>&1; echo \\$\\$ > daemon; sleep 1000" & while [ ! -s daemon ]; do sleep 0.01; done; setsid sleep 1000 & echo done',
      ),
    );
    expect((await printed(workload)).stdout).toBe('done\n');
    expect(await workload.exited('main')).toMatchObject({ code: 0 });
    expect(processesWith(directory)).toEqual([]);
  },
);

/**
 * How a command leaves a child that left its session and has none of its environment.
 * @param seconds identifies it
 */
const children: Record<string, (seconds: string) => string> = {
  'that has done nothing else': (seconds) => `setsid env -i sleep ${seconds} &`,
  'without output': (seconds) => `setsid env -i sleep ${seconds} > /dev/null 2>&1 &`,
  'without any other files': (seconds) => `${byNode(seconds, 'inherit', '.unref()')} &`,
  'without any files at all, whose parent lives': (seconds) => `${byNode(seconds, 'ignore')} &`,
};

function byNode(seconds: string, stdio: string, then = ''): string {
  const child = `require('child_process').spawn('sleep', ['${seconds}'], { detached: true, env: {}, stdio: '${stdio}' })`;
  return `'${process.execPath}' -e "require('fs').closeSync(60); ${child}${then}"`;
}

const untilSleeping = (seconds: string) => `while ! grep -qsz '^${seconds}$' /proc/[0-9]*/cmdline; do sleep 0.02; done`;

const strays = Object.entries(children);

describe.skipIf(!isLinux).each(strays)('a child in a session of its own, without environment, %s', (_, leaveChild) => {
  const script = (seconds: string, then: string) => `${leaveChild(seconds)} ${untilSleeping(seconds)}; ${then}`;

  test('ends with the step', async ({ directory }) => {
    const seconds = secondsOfItsOwn();
    await using workload = await started(runtimeIn(directory), shell(script(seconds, 'echo done')));
    expect((await printed(workload)).stdout).toBe('done\n');
    expect(processesCalled(`sleep ${seconds}`)).toEqual([]);
  });

  test('ends with a step that is stopped', async ({ directory }) => {
    const seconds = secondsOfItsOwn();
    await using workload = await started(runtimeIn(directory), shell(script(seconds, 'echo up; sleep 1000')));
    for await (const _ of workload.logs('main', {}, signal)) break;
    await workload.stop(0);
    expect(processesCalled(`sleep ${seconds}`)).toEqual([]);
  });
});

function secondsOfItsOwn(): string {
  return `${100_000 + randomInt(800_000_000)}`;
}

test.skipIf(!isLinux)('a daemon of one container does not end with another', async ({ directory }) => {
  const { containers, ...rest } = shell('');
  const [main] = containers;
  if (!main) throw new Error();
  const command = (script: string) => ['sh', '-c', script];
  const workload = await started(runtimeIn(directory), {
    ...rest,
    containers: [
      { ...main, command: command('setsid sleep 1000 & exec sleep 1000') },
      { ...main, name: 'short', command: command('true') },
    ],
  });
  await workload.exited('short');
  // The end of a second command, with the same clean-up, proves that enough time has passed.
  await workload.exec('short', ['true'], { signal });
  expect(processesWith(directory).filter((line) => line.includes('sleep'))).toHaveLength(2);
  await workload[Symbol.asyncDispose]();
});

test('missing memory limits are noted once and fail nothing', async ({ directory }) => {
  const runtime = runtimeIn(directory);
  const observed: Observation[] = [];
  for (const name of ['a', 'b']) {
    await using workload = await started(runtime, shell('true', { name }, { memoryBytes: 1024 }), workFor(observed));
    expect(await workload.exited('main')).toMatchObject({ code: 0 });
  }
  expect(observed.filter(({ type }) => type === 'noted')).toHaveLength(1);
});

test('several init containers may print a lot that is never read', async ({ directory }) => {
  const init: ContainerSpec = { name: 'init', image: '', command: ['sh', '-c', 'seq 1 1000000'], env: {}, mounts: [] };
  await using workload = await started(
    runtimeIn(directory),
    shell('echo done', { initContainers: [init, { ...init, name: 'init2' }] }),
  );
  expect((await printed(workload)).stdout).toBe('done\n');
});

test('the failure of an init container includes the reason', async ({ directory }) => {
  const init: ContainerSpec = {
    name: 'fetch',
    image: '',
    command: ['sh', '-c', 'echo no network >&2; exit 4'],
    env: {},
    mounts: [],
  };
  const outcome = await runtimeIn(directory).start(shell('true', { initContainers: [init] }), workFor());
  expect(outcome).toMatchObject({
    failure: { code: 'start-failed', detail: 'init container "fetch" ended with exit code 4: no network' },
  });
});

test.skipIf(!isLinux)('reports an environment that is too large in total', async ({ directory }) => {
  const env = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`V${index}`, 'x'.repeat(100_000)]));
  const outcome = await runtimeIn(directory).start(shell('true', {}, { env }), workFor());
  const detail = expect.stringMatching(/^argument list too long: shorten the environment variables/) as string;
  expect(outcome).toMatchObject({ failure: { code: 'start-failed', detail } });
});

test('a read-only folder is removed too', async ({ directory }) => {
  const workload = await started(runtimeIn(directory), shell('mkdir -p a/b; touch a/b/c; chmod 555 a/b a'));
  await workload.exited('main');
  await workload[Symbol.asyncDispose]();
  expect(existsSync(join(directory, 'one'))).toBe(false);
});

test('the user’s shell starts where the commands worked', async ({ directory }) => {
  const runtime = runtimeIn(directory);
  const spec = shell(
    'true',
    { volumes: [{ name: 'workspace', content: [tarSource([{ path: 'sub' }])] }] },
    { workingDirectory: { volume: 'workspace', path: 'sub' } },
  );
  await using workload = await started(runtime, spec);
  const found = await runtimeIn(directory).localShell(workload.ref);
  expect(found).toMatchObject({ directory: join(directory, 'one/volumes/workspace/sub') });
  expect(existsSync(found?.directory ?? '')).toBe(true);
});

test('an interactive command has input and output', async ({ directory }) => {
  await using workload = await started(runtimeIn(directory), shell('sleep 1000'));
  let shown = '';
  const exit = await workload.open('main', ['sh'], {
    interactive: true,
    input: (async function* () {
      yield Buffer.from('echo "I am $((6 * 7))"\nexit 3\n');
    })(),
    write: (bytes) => void (shown += Buffer.from(bytes).toString()),
    size: { columns: 80, rows: 24 },
    onResize: () => ({ [Symbol.dispose]: () => undefined }),
    signal,
  });
  expect([shown, exit]).toMatchObject(['I am 42\n', { code: 3 }]);
});

/** A workload whose owner was killed. */
async function leave(directory: string, script: string, secret = ''): Promise<WorkloadRef> {
  const program = await bundled(new URL('../../../test/rigs/host-process.ts', import.meta.url));
  await using owner = new Spoken(program, [directory, script, secret]);
  await owner.line((line) => line === 'up');
  owner.signal('SIGKILL');
  await owner.ended;
  const [ref, ...rest] = await refs(runtimeIn(directory));
  expect(rest).toEqual([]);
  if (!ref) throw new Error('it was not found');
  return ref;
}

describe('after its owner was killed', () => {
  test('a command is found, cannot be adopted, and gets SIGTERM before SIGKILL', async ({ directory }) => {
    const said = join(directory, 'said');
    // Without the redirection SIGPIPE would end the shell when it reports the end of its child: its output has no
    // reader.
    const ref = await leave(
      directory,
      `exec 2>/dev/null; trap 'echo asked > ${said}; exit 0' TERM; echo up; while :; do sleep 0.02; done`,
    );
    expect(ref).toMatchObject({ state: 'running', labels: { test: 'orphan' } });
    expect(await runtimeIn(directory).adopt(ref)).toMatchObject({
      status: 'failed',
      failure: { code: 'runtime-lost' },
    });
    await runtimeIn(directory).remove(ref, 60_000);
    expect(readFileSync(said, 'utf8')).toBe('asked\n');
    expect(await refs(runtimeIn(directory))).toEqual([]);
  });

  test.skipIf(!isLinux)('a child without environment in a session of its own is removed', async ({ directory }) => {
    const seconds = secondsOfItsOwn();
    const child = `setsid env -i sleep ${seconds} > /dev/null 2>&1 &`;
    const ref = await leave(directory, `${child} ${untilSleeping(seconds)}; echo up; sleep 1000`);
    expect(processesCalled(`sleep ${seconds}`)).toHaveLength(1);
    await runtimeIn(directory).remove(ref, 0);
    expect(processesCalled(`sleep ${seconds}`)).toEqual([]);
  });

  test.skipIf(!isLinux)('what its ended commands left behind is removed', async ({ directory }) => {
    const ref = await leave(
      directory,
      'setsid sleep 1000 & echo up; while [ "$(ps -o ppid= -p $$ | tr -d " ")" != 1 ] && kill -0 $PPID 2>/dev/null; do sleep 0.02; done',
    );
    await runtimeIn(directory).remove(ref, 0);
    expect(processesWith(directory)).toEqual([]);
  });
});

describe('files with secrets', () => {
  const secretIn = (content: string): Partial<WorkloadSpec> => {
    const source = tarSource([{ path: 'step', content }]);
    return { volumes: [{ name: 'script', content: [source], confidential: true }] };
  };
  const script = 'cat "$1"; echo more > "$1.2"; cat "$1.2"';
  const withPath = { command: ['sh', '-c', script, 'sh', { volume: 'script', path: 'step' }] };
  const folderOf = (directory: string, name: string): string => {
    const { secrets } = JSON.parse(readFileSync(join(directory, name, 'workload.json'), 'utf8')) as { secrets: string };
    return secrets;
  };

  test('are visible to commands, readable only by this user, and gone with the workload', async ({ directory }) => {
    await using runtime = runtimeIn(directory);
    const workload = await started(runtime, shell('', secretIn('hunter22\n'), withPath));
    const folder = folderOf(directory, 'one');
    expect((await printed(workload)).stdout).toBe('hunter22\nmore\n');
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    if (isLinux) expect(await filesWith(directory, 'hunter22')).toEqual([]);
    await workload[Symbol.asyncDispose]();
    expect(existsSync(folder)).toBe(false);
  });

  test('are gone with their runtime', async ({ directory }) => {
    const runtime = runtimeIn(directory);
    await using workload = await started(runtime, shell('true', secretIn('hunter22')));
    const root = dirname(folderOf(directory, 'one'));
    await workload[Symbol.asyncDispose]();
    expect(existsSync(root)).toBe(true);
    await runtime[Symbol.asyncDispose]();
    expect(existsSync(root)).toBe(false);
  });

  test('are gone soon after their owner was killed, although the command still runs', async ({ directory }) => {
    const ref = await leave(directory, 'cat "$1"; echo; echo up; sleep 1000', 'hunter22');
    const root = dirname(folderOf(directory, ref.name));
    await expect.poll(() => existsSync(root), { timeout: 25_000 }).toBe(false);
    expect(await filesWith(directory, 'hunter22')).toEqual([]);
    expect(ref.state).toBe('running');
    await runtimeIn(directory).remove(ref, 0);
  });
});

describe('process ids that now belong to other processes', () => {
  const record = (directory: string, pid: number, startTime: string) => {
    mkdirSync(join(directory, 'stale', 'volumes'), { recursive: true });
    const identity = { ...self, pid, startTime };
    writeFileSync(
      join(directory, 'stale', 'workload.json'),
      JSON.stringify({
        name: 'stale',
        labels: {},
        createdAt: 0,
        workingDirectory: '/',
        processes: [{ container: 'main', identity }],
      }),
    );
  };

  test('are left alone', async ({ directory }) => {
    const innocent = spawn('sleep', ['1000'], { detached: true });
    try {
      record(directory, innocent.pid ?? 0, '1');
      const [ref] = await refs(runtimeIn(directory));
      expect(ref).toMatchObject({ state: 'exited' });
      if (ref) await runtimeIn(directory).remove(ref, 0);
      expect(existsSync(join(directory, 'stale'))).toBe(false);
      expect(() => process.kill(innocent.pid ?? 0, 0)).not.toThrow();
      expect([innocent.exitCode, innocent.signalCode]).toEqual([null, null]);
    } finally {
      innocent.kill('SIGKILL');
    }
  });

  test('a name is free again when its workload is dead', async ({ directory }) => {
    record(directory, 2 ** 22 + 1, '1');
    await using workload = await started(runtimeIn(directory), shell('echo new', { name: 'stale' }));
    expect((await printed(workload)).stdout).toBe('new\n');
  });
});

test('an incomplete workload of a dead process is removed when it is adopted', async ({ directory }) => {
  mkdirSync(join(directory, 'half', 'volumes'), { recursive: true });
  writeFileSync(
    join(directory, 'half', 'workload.json'),
    JSON.stringify({ name: 'half', labels: {}, createdAt: 0, workingDirectory: '/', processes: [] }),
  );
  const [ref] = await refs(runtimeIn(directory));
  expect(ref).toMatchObject({ state: 'created' });
  expect(ref && (await runtimeIn(directory).adopt(ref))).toMatchObject({
    status: 'failed',
    failure: { code: 'start-failed' },
  });
  expect(existsSync(join(directory, 'half'))).toBe(false);
});

test('foreign folders in the directory are not workloads', async ({ directory }) => {
  mkdirSync(join(directory, 'other'));
  expect(await refs(runtimeIn(directory))).toEqual([]);
});

const canMount = isLinux && process.getuid?.() === 0;

test.skipIf(!canMount)(
  'a full disk is reported as such and leaves nothing (needs root for a small file system)',
  async ({ directory }) => {
    const small = join(directory, 'small');
    mkdirSync(small);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', small]);
    try {
      const content = [tarSource([{ path: 'big', content: Buffer.alloc(3 * 1024 * 1024) }])];
      const outcome = await runtimeIn(small).start(
        shell('true', { volumes: [{ name: 'workspace', content }] }),
        workFor(),
      );
      expect(outcome).toMatchObject({ status: 'failed', failure: { code: 'disk-full' } });
      expect(readdirSync(small)).toEqual([]);
    } finally {
      execFileSync('umount', [small]);
    }
  },
);
