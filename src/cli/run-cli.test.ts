import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeHost } from '../../test/rigs/fake-host.ts';
import { FakeServices } from '../../test/rigs/fake-services.ts';
import { ManualClock } from '../../test/rigs/manual-clock.ts';
import { plannedOf, RunStory, storyStart } from '../../test/rigs/run-story.ts';
import { StoreError } from '../store/store.ts';
import type { PlannedStage } from '../model/plan.ts';
import { runCli } from './run-cli.ts';
import type { StartRequest } from './services.ts';

let clock: ManualClock;
let services: FakeServices;

beforeEach(() => {
  clock = new ManualClock(storyStart);
  services = new FakeServices(clock);
});

let composed = 0;
afterEach(() => (composed = 0));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly host: FakeHost;
}

async function slipway(argv: readonly string[], prepare: (host: FakeHost) => void = () => {}): Promise<Ended> {
  const host = new FakeHost(argv, clock);
  prepare(host);
  const code = await runCli(host, '1.2.3', async () => {
    composed++;
    return services;
  });
  return { code, stdout: host.stdout.text, stderr: host.stderr.text, host };
}

function goodStory(): RunStory {
  const story = new RunStory([{ name: 'test', steps: [{ name: 'unit' }, { name: 'lint' }] }]).begin();
  story.stageStarted('test').started('test/unit').started('test/lint').printed('test/unit', 'one\ntwo\nthree').printed('test/lint', new Uint8Array([0xff, 0x0a]));
  return story.succeeded('test/unit').succeeded('test/lint').stageFinished('test', 'succeeded').end('succeeded');
}

function failedStory(): RunStory {
  return new RunStory([{ name: 'test', steps: [{ name: 'unit' }] }]).begin().stageStarted('test').started('test/unit').exited('test/unit', 3).stageFinished('test', 'failed').end('failed');
}

describe('mistakes on the command line', () => {
  it.each([
    [['rnu'], /unknown command 'rnu'[^]*Did you mean run\?/],
    [['run', '--stge', 'x'], /unknown option '--stge'[^]*Did you mean --stage\?/],
    [['run', 'a', 'b'], /too many arguments/],
    [['show'], /missing required argument 'run'/],
    [['run', '--jobs', '0'], /whole number from 1/],
    [['run', '--pull', 'often'], /Allowed choices are missing, always, never/],
    [['run', '--dry-run=server'], /nothing is asked of a cluster/],
    [['run', '--dry-run=maybe'], /none or client/],
    [['run', '--on', 'dokcer'], /--on does not know `dokcer`/],
    [['run', '--on', 'kubernetes:'], /names no cluster after/],
    [['run', '--on', ','], /names no runtime/],
    [['run', '--input', 'novalue'], /name=value/],
    [['run', '--input', 'a=@/no/such/file'], /no such file/],
    [['run', '-q', '-v'], /exclude each other/],
    [['run', 'a/b', '--root', 'a/c'], /--root a\/c: .* is not in it/],
    [['run', 'a', '--root', 'a/b'], /is not in it/],
    [['prune', '--older-than', 'long'], /a duration such as 30d/],
    [['prune', '--max-size', 'big'], /a size such as 10GB/],
    [['events', '1', '--type', 'nothing'], /Allowed choices/],
    [['runs', '--status', 'green'], /Allowed choices/],
    [['logs', '1', '--attempt', '1'], /--attempt needs a step/],
    [['logs', '1', '--output', 'json'], /slipway events 1/],
    [['--output', 'yaml', 'runs'], /Allowed choices are text, json/],
    [['explain', 'W0'], /there is no code/],
    [['completion', 'tcsh'], /Allowed choices are bash, zsh, fish/],
    [[], /Usage: slipway/],
  ])('%j', async (argv, message) => {
    const { code, stdout, stderr } = await slipway(argv);
    expect(stderr).toMatch(message);
    expect(stdout).toBe('');
    expect(code).toBe(2);
    // Nothing was touched, not even the state folder.
    expect(composed).toBe(0);
  });

  it('are seen in SLIPWAY_ON, too', async () => {
    const { code, stderr } = await slipway(['run'], (host) => (host.env.SLIPWAY_ON = 'moon'));
    expect([code, stderr]).toEqual([2, expect.stringContaining('SLIPWAY_ON does not know `moon`')]);
  });
});

describe('help and version', () => {
  it.each([[['--help']], [['help']], [['-h']], [['help', 'run']], [['run', '--help']]])('%j', async (argv) => {
    const { code, stdout, stderr } = await slipway(argv);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Usage: slipway/);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(composed).toBe(0);
  });

  it('hides what is not for people', async () => expect((await slipway(['--help'])).stdout).not.toContain('__complete'));
  it('tells the version', async () => expect(await slipway(['--version'])).toMatchObject({ code: 0, stdout: '1.2.3\n' }));
});

describe('run', () => {
  it('takes `..` behind a link as a shell that has gone there does', async () => {
    services.story = goodStory();
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'slipway-cli-')));
    try {
      await mkdir(join(folder, 'repo', 'app'), { recursive: true });
      await symlink(join(folder, 'repo', 'app'), join(folder, 'link'));
      await slipway(['-C', join(folder, 'link'), 'run', '--root', '..']);
      expect(services.requested).toMatchObject({ path: join(folder, 'repo', 'app'), root: join(folder, 'repo') });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('hands over what was asked for', async () => {
    services.story = goodStory();
    const folder = await mkdtemp(join(tmpdir(), 'slipway-cli-'));
    try {
      await writeFile(join(folder, 'secret'), 'hush\n');
      const argv = ['-C', '/other', 'run', 'app', '-s', 'test', '--stage', 'build', '--step', 'unit', '-e', 'prod', '-i', 'a=1=2', '-i', `b=@${folder}/secret`, '-i', 'c=@@x'];
      await slipway([...argv, '--on', 'docker,host,docker', '--jobs', '3', '--pull', 'never', '--keep-failed', '--no-gitignore', '--root', '..', '--build-id', '7', '--project-id', 'shop']);
    } finally {
      await rm(folder, { recursive: true });
    }
    expect(services.requested).toEqual({
      path: '/other/app',
      root: '/',
      stages: ['test', 'build'],
      steps: ['unit'],
      environment: 'prod',
      inputs: [
        { name: 'a', value: '1=2', from: 'argument' },
        { name: 'b', value: 'hush', from: 'file' },
        { name: 'c', value: '@x', from: 'argument' },
      ],
      buildId: '7',
      projectId: 'shop',
      on: ['docker', 'host'],
      jobs: 3,
      pull: 'never',
      keepFailed: true,
      gitIgnore: false,
    });
  });

  it.each([
    [{}, {}, ['docker']],
    [{ SLIPWAY_ON: 'host' }, {}, ['host']],
    [{ SLIPWAY_ON: 'host' }, { on: 'docker' }, ['docker']],
  ])('runs where %j and %j say', async (env, flags, on) => {
    services.story = goodStory();
    await slipway(['run', ...('on' in flags ? ['--on', flags.on] : [])], (host) => Object.assign(host.env, env));
    expect((services.requested as StartRequest).on).toEqual(on);
  });

  it.each([
    ['succeeded', undefined, 0],
    ['skipped', undefined, 0],
    ['failed', undefined, 1],
    ['failed', 'configuration', 2],
    ['failed', 'runtime', 3],
    ['cancelled', 'user', 130],
  ] as const)('that ends %s because of %s exits with the code for it', async (status, because, code) => {
    services.story = new RunStory().begin().end(status, because);
    expect((await slipway(['run'])).code).toBe(code);
    expect(services.disposed).toBe(1);
  });

  it('says every event with --output json', async () => {
    services.story = goodStory();
    const { stdout } = await slipway(['run', '--output', 'json']);
    const events = stdout.trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events.map((event) => event.type)).toEqual(services.story.events.map((event) => event.type));
    expect(events.filter((event) => event.type === 'output')).toEqual([expect.objectContaining({ text: 'one\ntwo\nthree' }), expect.objectContaining({ base64: '/wo=' })]);
  });

  it('is silent on success with --quiet, and not on failure', async () => {
    services.story = goodStory();
    expect((await slipway(['run', '-q'])).stdout).toBe('');
    services.story = failedStory();
    expect((await slipway(['run', '-q'])).stdout).toContain('exit code 3');
  });

  it('exits 3 and says why when the log cannot be written', async () => {
    services.story = new RunStory().begin();
    services.until = Promise.reject(new StoreError('disk-full', 'no space left', 'make room'));
    services.until.catch(() => undefined);
    const { code, stderr } = await slipway(['run']);
    expect([code, stderr]).toEqual([3, 'error: the run was stopped: no space left\n  make room\n']);
  });

  it('is offered the host only where somebody can answer', async () => {
    services.story = goodStory();
    await slipway(['run']);
    expect((services.requested as StartRequest).askForHost).toBeUndefined();
    const { host } = await slipway(['run'], (one) => {
      one.stdin.isTerminal = true;
      one.stderr.isTerminal = true;
      one.answers.push('yes');
    });
    const ask = (services.requested as StartRequest).askForHost;
    expect(await ask?.([{ status: 'unavailable', looked: [{ where: 'DOCKER_HOST', result: 'nobody there' }], advice: ['start it'] }])).toBe(true);
    expect(host.stderr.text).toContain('DOCKER_HOST: nobody there');
    expect(await ask?.([])).toBe(false);
  });

  it('shows the plan with --dry-run and starts nothing', async () => {
    services.pipeline = { diagnostics: [], value: { name: 'shop', directory: '/home/me/shop', file: '.wharf-ci.yml', environments: [], ...planned(plannedOf(goodStory())) } };
    const text = await slipway(['run', '--dry-run']);
    expect([text.code, text.stdout]).toEqual([0, 'shop\n\ntest   2 steps\n  unit  node:22-alpine  1 command\n      $ npm test\n  lint  node:22-alpine  1 command\n      $ npm test\n']);
    const json = await slipway(['run', '--dry-run', '--output', 'json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ pipeline: { name: 'shop', stages: [{ name: 'test' }] }, diagnostics: [] });
    expect((await slipway(['run', '--dry-run=client'])).stdout).toBe(text.stdout);
    services.pipeline = { diagnostics: [{ code: 'W012', severity: 'error', message: 'wrong' }] };
    expect((await slipway(['run', '--dry-run'])).code).toBe(2);
    expect(services.calls).not.toContain('start');
  });
});

describe('Ctrl-C', () => {
  it('once cancels, says what it waits for, and waits', async () => {
    services.story = new RunStory([{ name: 'test', steps: [{ name: 'unit' }] }, { name: 'tidy', runsIf: 'always', steps: [{ name: 'up' }] }]).begin().stageStarted('test').started('test/unit').end('cancelled', 'user');
    let finish: () => void = () => {};
    services.until = new Promise<void>((resolve) => (finish = resolve));
    const host = new FakeHost(['run'], clock);
    const ended = runCli(host, '1', async () => services);
    await until(() => host.stdout.text.includes('started'));
    host.signal();
    expect(services.cancelled).toEqual(['user']);
    await until(() => host.stdout.text.includes('cancelling, waits for test/unit, then tidy (always); once more stops at once'));
    finish();
    expect(await ended).toBe(130);
    expect(host.listening).toBe(0);
  });

  it('twice stops at once, says what was left, and does not wait for anything', async () => {
    services.story = new RunStory([{ name: 'test', steps: [{ name: 'unit' }] }]).begin().stageStarted('test').started('test/unit').end('cancelled', 'user');
    services.until = new Promise<void>(() => {});
    services.left = [{ runtime: 'docker', id: 'x', name: 'slipway-abc-1', labels: {}, state: 'running' }];
    const host = new FakeHost(['run'], clock);
    const ended = runCli(host, '1', async () => services);
    await until(() => host.stdout.text.includes('started'));
    host.signal('SIGTERM');
    host.signal();
    expect(services.cancelled).toEqual(['shutdown', 'user']);
    await clock.advance(1000);
    await clock.advance(1000);
    expect(await ended).toBe(130);
    expect(host.stderr.text).toContain('slipway-abc-1  docker, running');
    expect(services.disposed).toBe(0);
    expect(() => host.signal()).not.toThrow();
  });

  it('ends a follower, which is no failure', async () => {
    await services.tell(new RunStory([{ name: 'test', steps: [{ name: 'unit' }] }]).begin().stageStarted('test').started('test/unit').printed('test/unit', 'so far'), { release: false });
    for (const argv of [['logs', '1', '-f'], ['events', '1', '-f']]) {
      const host = new FakeHost(argv, clock);
      const ended = runCli(host, '1', async () => services);
      await until(() => host.stdout.text.includes('so far'));
      host.signal();
      expect(await ended).toBe(0);
    }
  });
});

describe('history', () => {
  it('lists runs', async () => {
    await services.tell(goodStory());
    await services.tell(failedStory());
    await services.tell(new RunStory([{ name: 'test', steps: [{ name: 'unit' }] }]).begin().stageStarted('test').started('test/unit'));
    const { stdout } = await slipway(['runs']);
    expect(stdout.split('\n').map((line) => line.replace(/ +/g, ' '))).toEqual([
      expect.stringMatching(/^#3 ! interrupted build-and-deploy main@3f2c1ab\+ 2026-01-02T12:00:00\.000Z slipway resume 3$/),
      expect.stringMatching(/^#2 ✗ failed build-and-deploy .* 0\.0s$/),
      expect.stringMatching(/^#1 ✓ succeeded build-and-deploy .* 0\.0s$/),
      '',
    ]);
    const json = JSON.parse((await slipway(['runs', '--status', 'failed', '--output', 'json'])).stdout) as { runs: object[] };
    expect(json.runs).toEqual([expect.objectContaining({ number: 2, status: 'failed', project: '/home/me/shop', runtime: 'docker' })]);
  });

  it('shows one run by any of its names', async () => {
    const id = await services.tell(failedStory());
    for (const reference of ['1', '#1', 'latest', id, id.slice(0, 12)]) {
      const { code, stdout } = await slipway(['show', reference]);
      expect(code).toBe(0);
      expect(stdout).toContain('✗ unit  failed');
      expect(stdout).toContain('slipway logs 42 unit');
    }
    const json: unknown = JSON.parse((await slipway(['show', '1', '--output', 'json'])).stdout);
    expect(json).toMatchObject({ id, status: 'failed', iterations: [{ stages: [{ name: 'test', steps: [{ id: '1.1.1', name: 'unit', outcome: { status: 'failed', failure: { code: 'exit-nonzero' } } }] }] }] });
  });

  it.each([[['show', '7']], [['logs', 'zzzz']], [['events', 'latest']], [['cancel', 'nope']], [['resume', '9']], [['artifacts', '5']], [['shell', '5', 'x']]])('%j names no run: exit 2', async (argv) => {
    const { code, stderr } = await slipway(argv);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/there is no run|has no runs yet/)]);
  });

  it('lists what an ambiguous or wrong STEP could mean', async () => {
    await services.tell(new RunStory([{ name: 'a', steps: [{ name: 'x' }] }, { name: 'b', steps: [{ name: 'x' }, { name: 'deploy' }] }]).begin());
    expect(await slipway(['logs', '1', 'x'])).toMatchObject({ code: 2, stderr: 'error: `x` fits 2 steps\n  a/x   1.1.1\n  b/x   1.2.1\n' });
    expect(await slipway(['logs', '1', 'deplyo'])).toMatchObject({ code: 2, stderr: expect.stringContaining('did you mean deploy?') as string });
  });
});

describe('logs', () => {
  beforeEach(async () => void (await services.tell(goodStory())));

  it.each([
    [['unit'], 'one\ntwo\nthree'],
    [['unit', '--tail', '2'], 'two\nthree'],
    [['unit', '--tail', '0'], ''],
    [['test/lint'], '\xff\n'],
    [['unit', '--attempt', '2'], ''],
    [['unit', '--follow'], 'one\ntwo\nthree'],
    [[], 'test/unit ▏ one\ntest/unit ▏ two\ntest/lint ▏ \ufffd\ntest/unit ▏ three\n'],
    [['--tail', '2'], 'test/lint ▏ \ufffd\ntest/unit ▏ three\n'],
    [['--follow', '--tail', '1'], 'test/unit ▏ three\n'],
  ])('%j', async (argv, text) => expect((await slipway(['logs', '1', ...argv])).stdout).toBe(text));

  it('say on stderr when whoever drove the run is gone', async () => {
    await services.tell(new RunStory([{ name: 'test', steps: [{ name: 'unit' }] }]).begin().stageStarted('test').started('test/unit').printed('test/unit', 'half'));
    expect(await slipway(['logs', '2', '-f'])).toMatchObject({ code: 0, stdout: 'half', stderr: expect.stringContaining('slipway resume 2') as string });
    expect((await slipway(['show', '2'])).stdout).toMatch(/! unit {2}interrupted/);
  });

  it('stop when nobody reads them any more', async () => {
    const { code } = await slipway(['logs', '1', 'unit'], (host) => (host.stdout.closed = true));
    expect(code).toBe(0);
  });
});

describe('events', () => {
  beforeEach(async () => void (await services.tell(goodStory())));
  const types = (text: string) => text.trim().split('\n').map((line) => (JSON.parse(line) as { type: string }).type);

  it('are all there', async () => expect(types((await slipway(['events', '1'])).stdout)).toEqual(goodStory().events.map((event) => event.type)));
  it('after a number', async () => expect(types((await slipway(['events', '1', '--after', '10'])).stdout)).toEqual(['stage.finished', 'run.finished']));
  it('of some types', async () => expect(types((await slipway(['events', '1', '--type', 'run.queued', '--type', 'run.finished'])).stdout)).toEqual(['run.queued', 'run.finished']));
});

describe('cancel', () => {
  it('tells that a run had ended', async () => {
    await services.tell(goodStory());
    expect(await slipway(['cancel', '1'])).toMatchObject({ code: 0, stdout: '#42 had ended before: succeeded after 0.0s\n' });
    expect(services.calls).not.toContain('abandon');
  });

  it('asks the owner and waits for the end', async () => {
    const owned = await services.begin();
    const run = services.drive(owned, new RunStory([{ name: 'test', steps: [{ name: 'unit' }] }]).begin().end('cancelled', 'user'));
    let finish: () => void = () => {};
    services.until = new Promise<void>((resolve) => (finish = resolve));
    const ended = slipway(['cancel', '1']);
    for await (const request of owned.requests(new AbortController().signal)) {
      expect(request.type).toBe('cancel');
      services.abandoned = 'finished';
      finish();
      break;
    }
    await run.done;
    expect(await ended).toMatchObject({ code: 0, stdout: '#42 ended: cancelled after 0.0s\n' });
  });

  it('does not wait if it shall not', async () => {
    await services.tell(new RunStory().begin(), { release: false });
    expect(await slipway(['cancel', '1', '--no-wait', '--output', 'json'])).toMatchObject({ code: 0, stdout: expect.stringContaining('"status": "asked"') as string });
  });
});

describe('the other commands', () => {
  it('validate says everything and exits 2 on errors', async () => {
    services.pipeline = { diagnostics: [{ code: 'W012', severity: 'error', message: 'unknown field `imgae`' }] };
    expect(await slipway(['validate'])).toMatchObject({ code: 2, stdout: expect.stringContaining('error W012 unknown field `imgae`') as string });
    const json = await slipway(['validate', '--output', 'json']);
    expect(JSON.parse(json.stdout)).toEqual({ valid: false, name: null, diagnostics: services.pipeline.diagnostics });
  });

  it.each([
    [{ status: 'finished' as const }, 2],
    [{ status: 'held' as const, by: 'pid 4 on here' }, 2],
    [{ status: 'unavailable' as const, detail: 'no engine' }, 3],
  ])('resume that cannot be (%j) exits %d', async (resumed, code) => {
    await services.tell(goodStory());
    services.resumed = resumed;
    expect((await slipway(['resume', '1'])).code).toBe(code);
  });

  it('rerun shows the new run to its end, or says why there is none', async () => {
    await services.tell(goodStory());
    expect(await slipway(['rerun', '1'])).toMatchObject({ code: 2, stderr: expect.stringContaining('nothing was planned') as string });
    services.again = { status: 'cancelled' };
    expect((await slipway(['rerun', '1'])).code).toBe(130);
    services.again = { status: 'driven', run: services.drive(await services.begin(), failedStory()) };
    expect(await slipway(['rerun', '1'])).toMatchObject({ code: 1, stdout: expect.stringContaining('exit code 3') as string });
  });

  it('resume shows the run to its end', async () => {
    const owned = await services.begin();
    services.resumed = { status: 'driven', run: services.drive(owned, failedStory()) };
    expect(await slipway(['resume', '1'])).toMatchObject({ code: 1, stdout: expect.stringContaining('exit code 3') as string });
  });

  it('shell says what to do about a step that was not kept', async () => {
    await services.tell(failedStory());
    expect(await slipway(['shell', '1', 'unit'])).toMatchObject({ code: 2, stderr: 'the step was not kept\n' });
  });

  it('shell ends with the code of the shell and leaves the terminal as it was', async () => {
    await services.tell(failedStory());
    services.kept = { code: 4, on: 'container' };
    const inside = await slipway(['shell', '1', 'unit']);
    expect([inside.code, inside.stdout, inside.host.raw, inside.host.listening]).toEqual([4, '80x24', 0, 0]);
    services.kept = { code: 0, on: 'host' };
    const here = await slipway(['shell', '1', 'unit']);
    expect([here.code, here.host.ranHere, here.host.raw]).toEqual([7, ['sh'], 0]);
  });

  it.each([
    [[], { maxAgeMs: 2_592_000_000, maxRunsPerProject: 200, maxBytes: 10_000_000_000 }],
    [['--keep', '0'], { maxRunsPerProject: 0 }],
    [['--older-than', '1h', '--max-size', '1GB', '--dry-run'], { maxAgeMs: 3_600_000, maxBytes: 1_000_000_000, dryRun: true }],
  ])('prune %j', async (argv, policy) => {
    await slipway(['prune', ...argv]);
    expect(services.calls).toContain(`prune ${JSON.stringify({ now: storyStart, ...policy })}`);
  });

  it('prune of named runs removes only these', async () => {
    const id = await services.tell(goodStory());
    await slipway(['prune', '1']);
    expect(services.calls).toContain(`prune ${JSON.stringify({ now: storyStart, runs: [id] })}`);
  });

  it('prune says of a named run that it stays', async () => {
    await services.tell(goodStory());
    const { code, stderr } = await slipway(['prune', '1']);
    expect([code, stderr]).toEqual([2, 'the run 1 goes on and stays; to end it: slipway cancel 1\n']);
  });

  it('doctor says what is there, what is missing, and what is left', async () => {
    services.examined = [{ subject: 'docker', status: 'missing', detail: 'no engine answers', advice: ['start one'] }];
    services.leftover = {
      elsewhere: [],
      unanswered: [],
      items: [
        { kind: 'container', name: 'slipway-a', removable: true, reason: 'its run is dead' },
        { kind: 'container', name: 'slipway-b', removable: false, reason: 'kept for slipway shell' },
      ],
      clean: async (report) => {
        for (const item of services.leftover.items) if (item.removable) report(item);
        return [];
      },
      [Symbol.asyncDispose]: async () => undefined,
    };
    expect((await slipway(['doctor'])).stdout).toMatch(/missing {2}docker: no engine answers\n +start one\n\n1 thing left by dead runs[^]*slipway-a: its run is dead\n\nleft alone:\n {2}container slipway-b/);
    expect((await slipway(['doctor', '--on', 'kubernetes:prod'])).stdout).toContain('slipway doctor --clean --on kubernetes:prod removes');
    expect((await slipway(['doctor', '--clean'])).stdout).toMatch(/^removed container slipway-a\n/);
    expect(JSON.parse((await slipway(['doctor', '--output', 'json'])).stdout)).toMatchObject({ examined: [{ subject: 'docker' }], leftovers: [{}, {}], failures: [] });
    services.leftover = { ...services.leftover, unanswered: [{ where: 'kubernetes:prod', reason: 'nothing listens there' }] };
    for (const argv of [['doctor'], ['doctor', '--clean']]) expect((await slipway(argv)).code).toBe(3);
  });

  it('a store that cannot be opened exits 3 with what to do', async () => {
    const host = new FakeHost(['runs'], clock);
    const code = await runCli(host, '1', () => Promise.reject(new StoreError('newer-format', 'the state folder is of a newer version', 'use that version')));
    expect([code, host.stderr.text]).toEqual([3, 'error: the state folder is of a newer version\n  use that version\n']);
  });
});

describe('completion', () => {
  const words = async (...argv: string[]) => (await slipway(['__complete', '--', ...argv])).stdout.split('\n').filter((line) => line !== '').map((line) => line.split('\t')[0]);

  it('offers commands, flags and their values', async () => {
    expect(await words('ru')).toEqual(['run', 'runs']);
    expect(await words('run', '--st')).toEqual(['--stage', '--step']);
    expect(await words('run', '--pull', '')).toEqual(['missing', 'always', 'never']);
    expect(await words('--output', 'j')).toEqual(['json']);
    expect(await words('completion', '')).toEqual(['bash', 'zsh', 'fish']);
    expect(await words('runs', '--status', 'in')).toEqual(['inProgress', 'interrupted']);
  });

  it('offers runs and their steps', async () => {
    await services.tell(goodStory());
    expect(await words('show', '')).toEqual(['latest', '1']);
    expect(await words('logs', '--follow', '1', '')).toEqual(['unit', 'lint']);
    expect(await words('logs', '1', 'u')).toEqual(['unit']);
  });

  it('offers stages and steps of the pipeline', async () => {
    services.parts = {
      stages: [{ name: 'test', steps: ['unit', 'lint'] }],
      environments: ['prod'],
      inputs: [
        { name: 'colour', type: 'choice', values: ['red', 'green'] },
        { name: 'count', type: 'number', values: [] },
      ],
    };
    expect(await words('run', '--stage', '')).toEqual(['test']);
    expect(await words('run', '--step', 'l')).toEqual(['lint']);
    expect(await words('run', '-e', '')).toEqual(['prod']);
    expect(await words('run', '--input', 'co')).toEqual(['colour=', 'count=']);
    expect(await words('vars', 'list', '-i', 'colour=g')).toEqual(['colour=green']);
    expect(await words('run', '--input', 'count=')).toEqual([]);
  });

  it('offers sub-commands with their flags', async () => {
    expect(await words('vars', '')).toEqual(['list', 'substitute']);
    expect(await words('vars', 'ls', '--a')).toEqual(['--all']);
    expect(await words('vars', 'nothing', '')).toEqual([]);
  });

  it('has nothing to say, and no error, where nothing is there', async () => {
    for (const argv of [['nothing', ''], ['show', 'x', 'y'], ['logs', '77', ''], ['run', '--input', '']]) {
      const { code, stdout, stderr } = await slipway(['__complete', '--', ...argv]);
      expect([code, stdout, stderr]).toEqual([0, '', '']);
    }
  });
});

function planned(stages: readonly PlannedStage[]) {
  return { plan: { stages }, filled: () => ({ stages }) };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
