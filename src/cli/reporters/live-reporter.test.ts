import { describe, expect, it } from 'vitest';
import { FakeScreen } from '../../../test/rigs/fake-host.ts';
import { ManualClock } from '../../../test/rigs/manual-clock.ts';
import { RunStory, storyStart } from '../../../test/rigs/run-story.ts';
import { Terminal } from '../../../test/rigs/terminal.ts';
import type { Activity } from '../../model/activity.ts';
import { makeLook, plainLook } from '../text/look.ts';
import { LiveReporter } from './live-reporter.ts';

function screenOf(columns: number, rows: number): FakeScreen {
  const screen = new FakeScreen(true);
  screen.columns = columns;
  screen.rows = rows;
  return screen;
}

/** Plays a story in its own time. Calls `look` after each event. */
async function play(
  story: RunStory,
  screen: FakeScreen,
  look: (terminal: Terminal) => void = () => {},
  colour = false,
): Promise<Terminal> {
  const clock = new ManualClock(storyStart);
  const reporter = new LiveReporter(screen, { look: colour ? makeLook(true, true) : plainLook, clock, verbose: false });
  const terminal = new Terminal(screen.columns, screen.rows);
  const drain = () => {
    for (const chunk of screen.chunks.splice(0)) terminal.write(chunk as string);
  };
  for (const event of story.events) {
    await clock.advance(Math.max(0, event.at - clock.now()));
    await reporter.event(event);
    await clock.advance(100);
    drain();
    look(terminal);
  }
  await reporter.end();
  drain();
  return terminal;
}

function smallStory(): RunStory {
  return new RunStory([
    { name: 'test', steps: [{ name: 'unit' }] },
    { name: 'build', steps: [{ name: 'api' }, { name: 'web' }] },
    { name: 'deploy', steps: [{ name: 'prod' }] },
  ]).begin();
}

describe('a notice', () => {
  it('takes two lines at most, keeps its beginning, and is marked where it is cut', async () => {
    const screen = screenOf(40, 20);
    const clock = new ManualClock(storyStart);
    const reporter = new LiveReporter(screen, { look: plainLook, clock, verbose: false });
    await reporter.notice(`cancelling; press Ctrl-C again; waiting for ${'build/step, '.repeat(9)}then tidy`);
    const terminal = new Terminal(screen.columns, screen.rows);
    for (const chunk of screen.chunks) terminal.write(chunk as string);
    const lines = terminal.screen.filter((line) => line !== '');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^cancelling; press Ctrl-C again/);
    expect(lines[1]).toMatch(/^.{1,38}…$/);
    await reporter.end();
  });
});

describe('the live tree', () => {
  it('shows what runs, its last line and how long, below what has ended', async () => {
    const story = smallStory();
    story
      .stageStarted('test')
      .started('test/unit')
      .wait(1000)
      .printed('test/unit', 'all good\n')
      .succeeded('test/unit')
      .stageFinished('test', 'succeeded');
    story
      .stageStarted('build')
      .started('build/api')
      .started('build/web')
      .wait(1500)
      .printed('build/web', 'compiling\r50%\r80%');
    story.observed('build/api', { type: 'image.pulling', image: 'node:22', current: 31_000_000, total: 48_000_000 });
    let last: string[] = [];
    await play(story, screenOf(60, 24), (terminal) => (last = terminal.screen));
    expect(last.slice(0, 3)).toEqual([
      expect.stringMatching(/^slipway run {2}build-and-deploy {2}#42 {2}/),
      'unit ▏ all good',
      '✓ unit  succeeded  1.0s',
    ]);
    expect(last.slice(3).map((line) => line.replace(/ +\d+\.\ds( .)?$/, ''))).toEqual([
      '✓ test    1 step  succeeded',
      '● build   2 steps',
      '  ● api   ▏ pulling node:22  31 of 48 MB',
      '  ● web   ▏ 80%',
      '○ deploy  1 step  waiting',
    ]);
  });

  it.each([30, 60, 100, 200])(
    'never makes a window of %d columns wrap, nor takes more than a third of it',
    async (columns) => {
      const rows = 24;
      const names = Array.from({ length: 30 }, (_, i) => `step-with-a-long-name-${i}-${'日本'.repeat(i % 4)}`);
      const stages = ['one', 'two', 'three'].map((name) => ({
        name: `${name} 🎉`,
        steps: names.map((step) => ({ name: step })),
      }));
      const story = new RunStory(stages).begin();
      for (const { name } of stages) {
        story.stageStarted(name);
        for (const step of names) story.started(`${name}/${step}`);
        for (const step of names)
          story.printed(`${name}/${step}`, `\x1b[31m${'wide 日本語 '.repeat(20)}\x1b[0m \x1b[5A\x1b[2K`);
        for (const step of names)
          story.wait(100).observed(`${name}/${step}`, { type: 'progress', subject: 'x'.repeat(300), current: 3 });
      }
      await play(
        story,
        screenOf(columns, rows),
        (terminal) => {
          const first = terminal.screen.findIndex((line) => /^[●✓○] /.test(line));
          expect(terminal.screen.length - Math.max(first, 0)).toBeLessThanOrEqual(rows / 3);
          expect(terminal.overflows).toBe(0);
        },
        true,
      );
    },
  );

  it('shows in the smallest window what runs, and not what waits', async () => {
    const story = smallStory()
      .stageStarted('test')
      .started('test/unit')
      .wait(100)
      .succeeded('test/unit')
      .stageFinished('test', 'succeeded')
      .stageStarted('build')
      .started('build/web');
    let last: string[] = [];
    await play(story, screenOf(40, 8), (terminal) => (last = terminal.screen));
    expect(last.slice(-3).map((line) => line.slice(0, 9).trim())).toEqual(['● build', '○ api', '● web']);
  });

  it('tells of output that may be lost, and does not say that it is', async () => {
    const story = smallStory().stageStarted('test').started('test/unit');
    const from = { step: story.id('test/unit'), attempt: 1 };
    story.add({ type: 'output.lost', from, stream: 'combined', detail: 'the node was away' });
    const { screen } = await play(story, screenOf(80, 24));
    expect(screen).toContainEqual(expect.stringMatching(/^unit +some output may be lost: the node was away$/));
  });

  it('keeps lines apart that two steps write at once, and ends the last one', async () => {
    const story = smallStory().stageStarted('build').started('build/api').started('build/web');
    story
      .printed('build/api', 'from a')
      .printed('build/web', 'from w')
      .printed('build/api', 'pi\n')
      .printed('build/web', 'eb');
    story.succeeded('build/web').succeeded('build/api').stageFinished('build', 'succeeded').end('succeeded');
    const { screen } = await play(story, screenOf(80, 24));
    expect(screen).toEqual(expect.arrayContaining(['api  ▏ from api', 'web  ▏ from web']));
  });

  it('leaves nothing of itself but what scrolled away and the summary', async () => {
    const story = smallStory()
      .stageStarted('test')
      .started('test/unit')
      .wait(500)
      .exited('test/unit', 2)
      .stageFinished('test', 'failed');
    for (const stage of ['build', 'deploy']) story.stageFinished(stage, 'skipped', 'condition');
    story.end('failed');
    const terminal = await play(story, screenOf(80, 24));
    const picture = terminal.screen.map((line) => line.replace(/ {2,}/g, '  ')).slice(1);
    expect(picture).toEqual([
      '✗ unit  failed: exit code 2  0.5s',
      '',
      '✗ test  1 step  failed  0.5s',
      '– build  2 steps  skipped',
      '– deploy  1 step  skipped',
      '',
      '✗ test ▸ unit  exit code 2  after 0.5s',
      '  all of it  slipway logs 42 unit',
      '  look inside  slipway run --keep-failed --step unit',
      '  slipway shell latest unit',
      '– build  skipped: an earlier stage failed',
      '– deploy  skipped: an earlier stage failed',
      '',
      'failed in 0.5s  1 failed  exit 1',
    ]);
    expect(terminal.cursorHidden).toBe(false);
  });

  it('does not draw while a question waits for its answer', async () => {
    const clock = new ManualClock(storyStart);
    const screen = screenOf(80, 24);
    const reporter = new LiveReporter(screen, { look: plainLook, clock, verbose: false });
    const story = smallStory().stageStarted('test').started('test/unit');
    for (const event of story.events) await reporter.event(event);
    await clock.advance(200);
    const held = await reporter.hold();
    screen.text = '';
    await clock.advance(5000);
    expect(screen.text).toBe('');
    held[Symbol.dispose]();
    await clock.advance(200);
    expect(screen.text).toContain('unit');
    await reporter.end();
  });

  it('waits for a slow screen instead of keeping what it cannot show', async () => {
    const clock = new ManualClock(storyStart);
    const screen = screenOf(80, 24);
    let open: () => void = () => {};
    screen.gate = new Promise((resolve) => (open = resolve));
    const reporter = new LiveReporter(screen, { look: plainLook, clock, verbose: false });
    const story = smallStory()
      .stageStarted('test')
      .started('test/unit')
      .printed('test/unit', `${'x'.repeat(99)}\n`.repeat(1000));
    let taken = false;
    const told = (async () => {
      for (const event of story.events) await reporter.event(event);
      taken = true;
    })();
    await clock.advance(1000);
    expect(taken).toBe(false);
    screen.gate = undefined;
    open();
    await told;
    await reporter.end();
  });

  it('draws at most a dozen times a second, however much happens', async () => {
    const clock = new ManualClock(storyStart);
    const screen = screenOf(80, 24);
    const reporter = new LiveReporter(screen, { look: plainLook, clock, verbose: false });
    const story = smallStory().stageStarted('test').started('test/unit');
    for (let i = 0; i < 500; i++) story.wait(2).printed('test/unit', `${i}\n`);
    for (const event of story.events) {
      await clock.advance(event.at - clock.now());
      await reporter.event(event);
    }
    expect(screen.chunks.length).toBeLessThanOrEqual(13);
    await reporter.end();
  });
});

it('shows how far the tree has been read before there is anything else to show, and takes that away again', async () => {
  const clock = new ManualClock(storyStart);
  const screen = screenOf(80, 24);
  const reporter = new LiveReporter(screen, { look: plainLook, clock, verbose: false });
  const terminal = new Terminal(screen.columns, screen.rows);
  const shown = async (ms: number) => {
    await clock.advance(ms);
    for (const chunk of screen.chunks.splice(0)) terminal.write(chunk as string);
    return terminal.screen.join('\n');
  };
  let activity: Activity | undefined = { type: 'reading', since: storyStart, files: 0, bytes: 0 };
  reporter.watch(() => activity);
  expect(await shown(900)).not.toContain('reading');
  expect(await shown(300)).toContain('reading the workspace: listing its files');
  activity = { ...activity, files: 40_000, bytes: 1_200_000_000 };
  expect(await shown(100)).toContain('reading the workspace: 40000 files, 1.2 GB so far');
  activity = undefined;
  expect(await shown(100)).not.toContain('reading');
  await reporter.end();
});
