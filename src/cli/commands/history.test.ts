/** The commands about earlier runs and runs of other processes. */
import { afterEach, beforeEach, describe, expect, vi } from 'vitest';
import { it } from '../../../test/rigs/command-line.ts';
import { until } from '../../../test/rigs/until.ts';
import { RunStory, storyStart } from '../../../test/rigs/run-story.ts';
import { failedStory, goodStory, openStory } from '../../../test/rigs/short-stories.ts';
import { stepId } from '../../model/ids.ts';
import { localTime } from '../../words/time.ts';
import { problem } from '../../operator/problem.ts';
import type { OwnedRun, RunRequest } from '../../store/store.ts';

describe('history', () => {
  // Moments are those of the machine, which may well be at UTC.
  beforeEach(() => void vi.stubEnv('TZ', 'Asia/Kolkata'));
  afterEach(() => void vi.unstubAllEnvs());

  it('lists runs', async ({ services, slipway }) => {
    await services.tell(goodStory());
    await services.tell(failedStory());
    await services.tell(openStory());
    const { stdout } = await slipway(['runs']);
    expect(stdout.split('\n').map((line) => line.replace(/ +/g, ' '))).toEqual([
      `#3 ! interrupted build-and-deploy main@3f2c1ab+ ${localTime(storyStart)} slipway resume 3`,
      expect.stringMatching(/^#2 ✗ failed build-and-deploy .* 0\.0s$/),
      expect.stringMatching(/^#1 ✓ succeeded build-and-deploy .* 0\.0s$/),
      '',
    ]);
    const json = JSON.parse((await slipway(['runs', '--status', 'failed', '--output', 'json'])).stdout) as {
      runs: object[];
    };
    expect(json.runs).toEqual([
      expect.objectContaining({ number: 2, status: 'failed', project: '/home/me/shop', runtime: 'docker' }),
    ]);
  });

  it.for<[readonly string[], readonly number[]]>([
    [
      ['--status', 'failed,interrupted'],
      [3, 2],
    ],
    [
      ['--status', 'failed', '--status', 'succeeded'],
      [2, 1],
    ],
    [
      ['--commit', '3F2C'],
      [3, 2, 1],
    ],
    [['--commit', '0000'], []],
    [['--ref', 'main', '--limit', '1'], [3]],
    [['--ref', 'refs/heads/other'], []],
    [['--all', '--repository', 'nowhere/else'], []],
  ])('selects runs: %j', async ([flags, numbers], { services, slipway }) => {
    await services.tell(goodStory());
    await services.tell(failedStory());
    await services.tell(openStory());
    const { stdout } = await slipway(['runs', ...flags, '--output', 'json']);
    expect((JSON.parse(stdout) as { runs: { number: number }[] }).runs.map(({ number }) => number)).toEqual(numbers);
  });

  it.for([true, false])('says that no run matches; at a terminal: %j', async (isTerminal, { services, slipway }) => {
    await services.tell(goodStory());
    const { stdout, stderr } = await slipway(['runs', '--ref', 'x'], (host) => (host.stdout.isTerminal = isTerminal));
    expect([stdout, stderr]).toEqual(['', 'no run matches\n']);
    expect((await slipway(['runs', '--ref', 'x', '--output', 'json'])).stderr).toBe('');
  });

  it('shows a run that ended before it was planned without an empty list of stages', async ({ services, slipway }) => {
    await services.tell(new RunStory([]).begin().end('failed', 'runtime', 'no engine'));
    const { stdout } = await slipway(['show', '1']);
    expect(stdout).toContain('\n\nno engine\n');
    expect(stdout).not.toContain('\n\n\n');
  });

  it('shows one run by any of its names', async ({ services, slipway }) => {
    const id = await services.tell(failedStory());
    for (const reference of ['1', '#1', 'latest', id, id.slice(0, 12)]) {
      const { code, stdout } = await slipway(['show', reference]);
      expect(code).toBe(0);
      expect(stdout).toContain('✗ unit  failed');
      expect(stdout).toContain('slipway logs 42 unit');
    }
    const json: unknown = JSON.parse((await slipway(['show', '1', '--output', 'json'])).stdout);
    expect(json).toMatchObject({
      id,
      status: 'failed',
      iterations: [
        {
          stages: [
            {
              name: 'test',
              steps: [{ id: '1.1.1', name: 'unit', outcome: { status: 'failed', failure: { code: 'exit-nonzero' } } }],
            },
          ],
        },
      ],
    });
  });

  it.for<[readonly string[]]>([
    [['show', '7']],
    [['logs', 'zzzz']],
    [['events', 'latest']],
    [['cancel', 'nope']],
    [['resume', '9']],
    [['artifacts', '5']],
    [['shell', '5', 'x']],
  ])('%j names no run: exit 2', async ([argv], { slipway }) => {
    const { code, stderr } = await slipway(argv);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/unknown run|has no runs yet/)]);
  });

  it('lists what an ambiguous RUN could mean, without a number: the store stops at the newest', async ({
    services,
    slipway,
  }) => {
    const ids = [await services.tell(goodStory()), await services.tell(goodStory())];
    const prefix = ids[0]?.slice(0, 4) ?? '';
    const { code, stderr } = await slipway(['show', prefix]);
    expect([code, stderr.split('\n')[0]]).toEqual([2, `error: \`${prefix}\` matches several runs, such as`]);
    for (const id of ids) expect(stderr).toContain(id);
  });

  it('lists what an ambiguous or wrong STEP could mean', async ({ services, slipway }) => {
    await services.tell(
      new RunStory([
        { name: 'a', steps: [{ name: 'x' }] },
        { name: 'b', steps: [{ name: 'x' }, { name: 'deploy' }] },
      ]).begin(),
    );
    expect(await slipway(['logs', '1', 'x'])).toMatchObject({
      code: 2,
      stderr: 'error: `x` matches 2 steps\n  a/x   1.1.1\n  b/x   1.2.1\n',
    });
    expect(await slipway(['logs', '1', 'deplyo'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('did you mean `deploy`?') as string,
    });
  });
});

describe('-C with a missing folder', () => {
  it.for([['runs'], ['show', '1'], ['logs', 'latest'], ['cancel', '1']])('%j', async (argv, { services, slipway }) => {
    const mistake = { code: 2, stdout: '', stderr: 'error: -C /no/such: the folder does not exist\n' };
    expect(await slipway(['-C', '/no/such', ...argv])).toMatchObject(mistake);
    // The project of a removed folder may have runs.
    await services.tell(goodStory());
    expect((await slipway(['-C', '/no/such', ...argv])).code).toBe(0);
  });

  it('does not matter for the runs of all projects', async ({ slipway }) =>
    expect((await slipway(['-C', '/no/such', 'runs', '--all'])).code).toBe(0));
});

describe('logs', () => {
  it.beforeEach(async ({ services }) => void (await services.tell(goodStory())));

  it.for<[readonly string[], string]>([
    [['unit'], 'one\ntwo\nthree'],
    [['unit', '--tail', '2'], 'two\nthree'],
    [['unit', '--tail', '0'], ''],
    [['test/lint'], '\xff\n'],
    [['unit', '--attempt', '1'], 'one\ntwo\nthree'],
    [['unit', '--follow'], 'one\ntwo\nthree'],
    [[], 'test/unit  | one\ntest/unit  | two\ntest/lint  | \ufffd\ntest/unit  | three\n'],
    [['--tail', '2'], 'test/lint  | \ufffd\ntest/unit  | three\n'],
    [['--follow', '--tail', '1'], 'test/unit  | three\n'],
  ])('%j', async ([argv, text], { slipway }) => expect((await slipway(['logs', '1', ...argv])).stdout).toBe(text));

  it.for<[readonly string[], string]>([
    [['unit', '--attempt', '2'], 'step test/unit has no attempt 2\n  it has attempt 1 only\n'],
    [['unit', '--attempt', '2', '--follow'], 'step test/unit has no attempt 2\n'],
  ])('names the attempts of a step: %j', async ([argv, says], { slipway }) => {
    const { code, stdout, stderr } = await slipway(['logs', '1', ...argv]);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(says)]);
  });

  it('separates names and output on a terminal as a live run does', async ({ slipway }) => {
    const { stdout } = await slipway(
      ['logs', '1', '--tail', '1', '--color', 'never'],
      ({ stdout }) => void (stdout.isTerminal = true),
    );
    expect(stdout).toBe('test/unit ▏ three\n');
  });

  it('prints the output of a workload, or of one of its containers', async ({ services, slipway }) => {
    const story = openStory();
    const write = (container: string, text: string) =>
      story.add({
        ...{ type: 'output', from: { workload: 'shop', container }, stream: 'stdout', offset: 0 },
        bytes: Buffer.from(text),
      });
    write('app', 'from app\n');
    write('proxy', 'from proxy\n');
    await services.tell(story);
    expect((await slipway(['logs', 'latest', 'shop'])).stdout).toBe('from app\nfrom proxy\n');
    expect((await slipway(['logs', 'latest', 'shop/proxy'])).stdout).toBe('from proxy\n');
    expect((await slipway(['logs', 'latest', 'shop/none'])).code).toBe(2);
  });

  it('name the containers of a run', async ({ services, slipway }) => {
    const story = openStory();
    for (const container of ['app', 'proxy'])
      story.add({
        ...{ type: 'step.observed', step: stepId(1, 1, 1), attempt: 1 },
        fact: { type: 'container.followed', workload: 'shop-7c9f', container, id: container },
      });
    await services.tell(story);
    expect((await slipway(['show', 'latest'])).stdout).toContain(
      'containers with output\n  shop-7c9f/app\n  shop-7c9f/proxy\n',
    );
    const json = await slipway(['show', 'latest', '--output', 'json']);
    expect(JSON.parse(json.stdout)).toMatchObject({
      containers: [{ workload: 'shop-7c9f', container: 'app', ended: false }, { container: 'proxy' }],
    });
    const { code, stderr } = await slipway(['logs', 'latest', 'shop-7c9f/ap']);
    expect(code).toBe(2);
    expect(stderr).toContain('the run has no step or container `shop-7c9f/ap`, did you mean `shop-7c9f/app`?');
    expect(stderr).toContain('containers: shop-7c9f/app, shop-7c9f/proxy');
  });

  it('say on stderr when whoever drove the run is gone', async ({ services, slipway }) => {
    await services.tell(openStory().printed('test/unit', 'half'));
    expect(await slipway(['logs', '2', '-f'])).toMatchObject({
      code: 0,
      stdout: 'half',
      stderr: expect.stringContaining('slipway resume 2') as string,
    });
    expect((await slipway(['show', '2'])).stdout).toMatch(/! unit {2}interrupted/);
  });

  it('stop when nobody reads them any more', async ({ slipway }) => {
    const { code } = await slipway(['logs', '1', 'unit'], (host) => (host.stdout.closed = true));
    expect(code).toBe(0);
  });
});

describe('a terminal', () => {
  const title = '\x1b]0;owned\x07';
  const turned = '\u202etxt.exe\u2066';

  it('gets the lines of a log in their colours, and nothing else that steers it', async ({ services, slipway }) => {
    await services.tell(openStory().printed('test/unit', `${title}\x1b[31mred\n50%\r100%\n${turned}\x1b[2J`));
    const { stdout } = await slipway(['logs', '1'], (host) => (host.stdout.isTerminal = true));
    expect(stdout).toBe('\x1b[31mred\x1b[0m\n\x1b[31m100%\x1b[0m\n\x1b[31m\\u202etxt.exe\\u2066\x1b[0m');
    const { stdout: piped } = await slipway(['logs', '1']);
    expect(Buffer.from(piped, 'latin1').toString()).toContain(`${turned}\x1b[2J`);
  });

  it.for([
    ['show', '1'],
    ['logs', '1'],
    ['logs', '1', '1.1.1'],
    ['runs'],
    ['runs', '--all'],
    ['events', '1'],
    ['show', '1', '--output', 'json'],
    ['logs', '1', 'nothing'],
  ])('is not steered by names and messages: %j', async (argv, { services, slipway }) => {
    const odd = `odd${title}${turned}\u009b2J\u061c`;
    const story = new RunStory([
      { name: `stage ${odd}`, steps: [{ name: `step ${odd}` }, { name: `other ${odd}` }] },
    ]).begin(odd);
    const path = `stage ${odd}/step ${odd}`;
    story
      .add({ type: 'run.noted', level: 'warning', message: odd })
      .stageStarted(`stage ${odd}`)
      .started(path)
      .printed(path, `${odd}\n`);
    story
      .finished(path, { status: 'failed', failure: { code: 'artifact-missing', patterns: [odd] } })
      .stageFinished(`stage ${odd}`, 'failed')
      .end('failed', 'runtime', odd);
    await services.tell(story);
    const { stdout, stderr } = await slipway(argv, (host) => (host.stdout.isTerminal = true));
    expect((stdout + stderr).replaceAll(/\x1b\[[\d;:]*m/g, '')).not.toMatch(
      /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/,
    );
    expect(stdout + stderr).not.toBe('');
  });
});

describe('events', () => {
  it.beforeEach(async ({ services }) => void (await services.tell(goodStory())));
  const types = (text: string) =>
    text
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { type: string }).type);

  it('are all there', async ({ slipway }) =>
    expect(types((await slipway(['events', '1'])).stdout)).toEqual(goodStory().events.map((event) => event.type)));
  it('after a number', async ({ slipway }) =>
    expect(types((await slipway(['events', '1', '--after', '10'])).stdout)).toEqual([
      'stage.finished',
      'run.finished',
    ]));
  it('of some types', async ({ slipway }) =>
    expect(types((await slipway(['events', '1', '--type', 'run.queued', '--type', 'run.finished'])).stdout)).toEqual([
      'run.queued',
      'run.finished',
    ]));
});

describe('Ctrl-C', () => {
  it('ends a follower, which is no failure', async ({ services, begin }) => {
    await services.tell(openStory().printed('test/unit', 'so far'), { release: false });
    for (const argv of [
      ['logs', '1', '-f'],
      ['events', '1', '-f'],
    ]) {
      const { host, ended } = begin(argv);
      await until(() => host.stdout.text.includes('so far'));
      host.signal();
      expect(await ended).toBe(0);
    }
  });
});

describe('cancel', () => {
  it('tells that a run had ended', async ({ services, slipway }) => {
    await services.tell(goodStory());
    expect(await slipway(['cancel', '1'])).toMatchObject({
      code: 0,
      stdout: '#42 had already ended: succeeded after 0.0s\n',
    });
    expect(services.calls).not.toContain('abandon');
  });

  it('asks the owner and waits for the end', async ({ services, slipway }) => {
    const owned = await services.begin();
    const run = services.drive(
      owned,
      new RunStory([{ name: 'test', steps: [{ name: 'unit' }] }]).begin().end('cancelled', 'user'),
    );
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

  it.for([
    [{ status: 'unavailable', detail: 'No cluster answers' } as const, 3, 'No cluster answers'],
    [
      {
        status: 'refused',
        diagnostics: [
          problem('W080', undefined, {
            from: 'the run’s cluster',
            files: '~/.kube/config',
            name: 'prod',
            known: ['dev'],
          }),
        ],
      } as const,
      2,
      'W080',
    ],
  ] as const)(
    'leaves an interrupted run whose place is gone, and says so: %j',
    async ([abandoned, exit, says], { services, slipway }) => {
      await services.tell(openStory());
      services.abandoned = abandoned;
      const { code, stderr } = await slipway(['cancel', '1']);
      expect([code, stderr]).toEqual([exit, expect.stringContaining(says)]);
      expect(stderr).toContain('stays interrupted');
    },
  );

  it('names a run that ended before its log had a number', async ({ services, slipway }) => {
    await services.tell(
      new RunStory().add({ type: 'run.finished', status: 'cancelled', because: 'user', diagnostics: [] }),
    );
    const { code, stdout } = await slipway(['cancel', 'latest']);
    expect([code, stdout]).toEqual([0, '#1 had already ended: cancelled\n']);
  });

  it('passes the reason on', async ({ services, slipway }) => {
    const owned = await services.begin();
    await slipway(['cancel', '1', '--no-wait', '--reason', 'wrong branch']);
    expect(await firstRequest(owned)).toMatchObject({ type: 'cancel', reason: 'wrong branch' });
  });

  it.for<[readonly string[], string | RegExp]>([
    [['--step', ''], '--step is empty'],
    [['--reason', ''], '--reason is empty'],
    [['--reason', 'x'.repeat(1_001), '--step', ''], /error: --reason is longer .*\nerror: --step is empty\n/],
    [['--step', 'nothing'], 'the run has no step `nothing`'],
    [['--step', 'unit'], 'no process drives the run'],
  ])('refuses %j', async ([flags, message], { services, slipway }) => {
    const id = await services.tell(openStory());
    const { code, stderr } = await slipway(['cancel', '1', ...flags]);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(services.memory.runs.get(id)?.requests).toEqual([]);
  });

  it('tells that a step had ended, or is only asked for', async ({ services, slipway }) => {
    await services.tell(goodStory());
    expect(await slipway(['cancel', '1', '--step', 'unit'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^unit \(1\.1\.1\) had already ended: succeeded after /) as string,
    });
    await services.tell(openStory(), { release: false });
    const asked = await slipway(['cancel', '2', '--step', 'unit', '--no-wait', '--output', 'json']);
    expect(JSON.parse(asked.stdout)).toMatchObject({ step: '1.1.1', status: 'asked', request: 'waiting' });
  });

  it('asks the owner to cancel a step, and waits for its end', async ({ services, begin }) => {
    const owned = await services.begin();
    const story = openStory();
    services.until = new Promise(() => undefined);
    services.drive(owned, story);
    await until(() => services.memory.runs.get(owned.id)?.events.length === story.events.length);
    const { host, ended } = begin(['cancel', '1', '--step', 'unit']);
    const request = await firstRequest(owned);
    expect(request).toMatchObject({ type: 'cancelStep', step: '1.1.1', by: 'slipway cancel' });
    await owned.answer(request.id, { status: 'done' });
    const outcome = { status: 'cancelled', because: 'user' } as const;
    await owned.log.append([{ at: storyStart, type: 'step.finished', step: stepId(1, 1, 1), attempt: 1, outcome }]);
    expect([await ended, host.stdout.text]).toEqual([0, expect.stringMatching(/^unit \(1\.1\.1\) ended: cancelled/)]);
  });

  it('tells why the owner refused', async ({ services, begin }) => {
    const owned = await services.begin();
    const story = openStory();
    services.until = new Promise(() => undefined);
    services.drive(owned, story);
    await until(() => services.memory.runs.get(owned.id)?.events.length === story.events.length);
    const { host, ended } = begin(['cancel', '1', '--step', 'unit']);
    await owned.answer((await firstRequest(owned)).id, { status: 'refused', detail: 'not now' });
    expect([await ended, host.stderr.text]).toEqual([2, 'error: not now\n']);
  });

  it('does not wait if it shall not', async ({ services, slipway }) => {
    await services.tell(new RunStory().begin(), { release: false });
    expect(await slipway(['cancel', '1', '--no-wait', '--output', 'json'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('"status": "asked"') as string,
    });
  });
});

async function firstRequest(owned: OwnedRun): Promise<RunRequest> {
  for await (const request of owned.requests(new AbortController().signal)) return request;
  throw new Error('no request');
}
