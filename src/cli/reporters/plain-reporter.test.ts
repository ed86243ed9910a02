import { stepTextOf } from '../../../test/rigs/step-texts.ts';
import { describe, expect, it } from 'vitest';
import { FakeScreen } from '../../../test/rigs/fake-host.ts';
import { ManualClock } from '../../../test/rigs/manual-clock.ts';
import { RunStory, storyStart } from '../../../test/rigs/run-story.ts';
import type { Activity } from '../../model/activity.ts';
import { plainLook } from '../text/look.ts';
import { clockTime } from '../../words/time.ts';
import { PlainReporter } from './plain-reporter.ts';

async function told(story: RunStory, verbose = false): Promise<string[]> {
  const screen = new FakeScreen();
  const reporter = new PlainReporter(screen, {
    stepTextOf,
    look: plainLook,
    clock: new ManualClock(storyStart),
    verbose,
  });
  for (const event of story.events) await reporter.event(event);
  await reporter.end();
  return screen.lines;
}

const zero = clockTime(storyStart);

function story(): RunStory {
  return new RunStory([
    {
      name: 'test',
      steps: [
        { name: 'unit', policy: { retries: 1 } },
        { name: 'lint', image: 'alpine' },
      ],
    },
    { name: 'deploy', steps: [{ name: 'prod' }] },
  ]).begin();
}

describe('plain lines', () => {
  it('tell what a step waits for, and what may be left behind', async () => {
    const waits = story().stageStarted('test').started('test/unit');
    waits
      .observed('test/unit', { type: 'waiting', message: 'waiting for a node' })
      .observed('test/unit', { type: 'workload.left', workload: 'w', detail: 'no answer' });
    expect((await told(waits)).slice(3, 5)).toEqual([
      `${zero} test/unit    waiting for a node`,
      `${zero} test/unit    warning W087 w may be left behind: no answer`,
    ]);
  });

  it('tell of output that may be lost, and do not say that it is', async () => {
    const lost = story().stageStarted('test').started('test/unit');
    const from = { step: lost.id('test/unit'), attempt: 1 };
    lost.add({ type: 'output.lost', from, stream: 'combined', detail: 'the node was away' });
    expect((await told(lost)).at(3)).toBe(`${zero} test/unit    some output may be lost: the node was away`);
  });

  it('tell one fact each', async () => {
    const good = story()
      .stageStarted('test')
      .started('test/unit')
      .started('test/lint')
      .printed('test/unit', 'a\nb')
      .printed('test/unit', 'c\n');
    good
      .succeeded('test/unit')
      .succeeded('test/lint')
      .stageFinished('test', 'succeeded')
      .stageStarted('deploy')
      .started('deploy/prod')
      .succeeded('deploy/prod')
      .stageFinished('deploy', 'succeeded')
      .end('succeeded');
    expect(await told(good)).toEqual([
      expect.stringMatching(`^${zero} run build-and-deploy  #42  `),
      `${zero} runs on docker (Podman 4.3.1)`,
      `${zero} test/unit    started  node:22-alpine`,
      `${zero} test/lint    started  alpine`,
      `${zero} test/unit    | a`,
      `${zero} test/unit    | bc`,
      `${zero} test/unit    succeeded  0.0s`,
      `${zero} test/lint    succeeded  0.0s`,
      `${zero} deploy/prod  started  node:22-alpine`,
      `${zero} deploy/prod  succeeded  0.0s`,
      '',
      'succeeded in 0.0s   3 succeeded',
    ]);
  });

  it('tell attempts, cancelled and skipped with their reasons', async () => {
    const bad = story().stageStarted('test').started('test/unit').started('test/lint');
    bad.add({
      type: 'step.attempted',
      step: bad.id('test/unit'),
      attempt: 1,
      failure: { code: 'timed-out', afterMs: 1000 },
    });
    bad.finished('test/unit', { status: 'failed', failure: { code: 'exit-nonzero', exitCode: 1 } }, 2);
    bad.finished('test/lint', { status: 'cancelled', because: 'siblingFailed' }).stageFinished('test', 'failed');
    bad
      .finished('deploy/prod', { status: 'skipped', because: 'condition' }, 0)
      .stageFinished('deploy', 'skipped', 'condition')
      .end('failed');
    const lines = await told(bad);
    expect(lines).toEqual(
      expect.arrayContaining([
        `${zero} test/unit    attempt 1 failed: timed out after 1.0s; attempt 2 starts`,
        `${zero} test/unit    failed  0.0s: exit code 1`,
        `${zero} test/lint    cancelled  0.0s: unit failed`,
        `${zero} deploy       skipped: an earlier stage failed`,
        '⊘ test ▸ lint    cancelled: unit failed',
      ]),
    );
    expect(lines.filter((line) => line.includes('deploy/prod'))).toEqual([]);
  });

  it('tell observations only if asked', async () => {
    const pulling = story()
      .stageStarted('test')
      .started('test/unit')
      .observed('test/unit', { type: 'image.pulling', image: 'node:22' });
    expect((await told(pulling)).join()).not.toContain('pulling');
    expect(await told(pulling, true)).toContain(`${zero} test/unit    pulling node:22`);
  });

  it('show no control characters that a name or a message holds', async () => {
    const nasty = new RunStory([{ name: 'a\x1b[31m', steps: [{ name: 'b\rc' }] }]).begin('x\x1b]0;t\x07');
    nasty
      .add({ type: 'run.noted', level: 'warning', message: 'look\x1b[2J' })
      .add({ type: 'step.started', step: nasty.id('a\x1b[31m/b\rc'), attempt: 1 });

    expect((await told(nasty)).join('')).not.toMatch(/[\x00-\x1f]/);
  });

  it('beat once a silent minute while something runs', async () => {
    const clock = new ManualClock(storyStart);
    const screen = new FakeScreen();
    const reporter = new PlainReporter(screen, { stepTextOf, look: plainLook, clock, verbose: false });
    for (const event of story().stageStarted('test').started('test/unit').events) await reporter.event(event);
    screen.text = '';
    await clock.advance(59_000);
    expect(screen.text).toBe('');
    await clock.advance(62_000);
    expect(screen.lines).toEqual([
      `${clockTime(storyStart + 60_000)} still running: test/unit 1m 00s`,
      `${clockTime(storyStart + 120_000)} still running: test/unit 2m 00s`,
    ]);
    await reporter.end();
    expect(clock.sleeping).toBe(0);
  });
});

describe('what a run is busy with beside its steps', () => {
  it('is reported in one line each after a second', async () => {
    const clock = new ManualClock(storyStart);
    const screen = new FakeScreen();
    const reporter = new PlainReporter(screen, { stepTextOf, look: plainLook, clock, verbose: false });
    let activity: Activity | undefined = { type: 'reading', since: storyStart, files: 0, bytes: 0 };
    reporter.watch(() => activity);
    await clock.advance(900);
    expect(screen.text).toBe('');
    activity = { ...activity, files: 1200, bytes: 3_400_000 };
    await clock.advance(200);
    await clock.advance(5000);
    activity = undefined;
    await clock.advance(2000);
    activity = { type: 'removing', since: clock.now(), workspaces: 2 };
    await clock.advance(2000);
    await reporter.end();
    expect(
      screen.text
        .trimEnd()
        .split('\n')
        .map((line) => line.slice(9)),
    ).toEqual(['reading the workspace: 1200 files, 3.4 MB so far', 'removing the workspaces of 2 steps']);
  });

  it('is not reported if it ends sooner', async () => {
    const clock = new ManualClock(storyStart);
    const screen = new FakeScreen();
    const reporter = new PlainReporter(screen, { stepTextOf, look: plainLook, clock, verbose: false });
    let activity: Activity | undefined = { type: 'reading', since: storyStart, files: 1, bytes: 1 };
    reporter.watch(() => activity);
    await clock.advance(500);
    activity = undefined;
    await clock.advance(5000);
    await reporter.end();
    expect(screen.text).toBe('');
  });
});
