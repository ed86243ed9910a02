import { describe, expect, it } from 'vitest';
import { applyEvent, emptyRunState, type RunState } from '../../events/run-state.ts';
import { RunStory } from '../../../test/rigs/run-story.ts';
import type { Failure } from '../../model/outcome.ts';
import { plainLook } from '../text/look.ts';
import { textWidth } from '../text/text-width.ts';
import { summaryLines } from './summary.ts';

function stateOf(story: RunStory): RunState {
  const state = emptyRunState();
  for (const event of story.events) applyEvent(state, event);
  return state;
}

function failedStory(): RunStory {
  const frame = { from: 12, lines: ['  web:', '    container:', '      cmds: [npm ci, npm run build]'] };
  const story = new RunStory([
    {
      name: 'build',
      steps: [
        { name: 'web', declaredAt: { file: '.wharf-ci.yml', line: 14, column: 7, length: 4, frame } },
        { name: 'docs' },
      ],
    },
    { name: 'deploy', steps: [{ name: 'prod' }] },
  ]).begin();
  story.stageStarted('build').started('build/web').started('build/docs').wait(21_400).exited('build/web', 1);
  story.finished('build/docs', { status: 'cancelled', because: 'siblingFailed' }).stageFinished('build', 'failed');
  return story
    .finished('deploy/prod', { status: 'skipped', because: 'condition' }, 0)
    .stageFinished('deploy', 'skipped', 'condition')
    .end('failed');
}

const options = { look: plainLook, exitCode: true, lastLines: () => ['src/main.ts(3,7): error TS2322'] };

describe('the summary', () => {
  it('says what broke, where it is written, its last lines and what shows the rest, once', () => {
    expect(summaryLines(stateOf(failedStory()), options)).toEqual([
      '✗ build ▸ web    exit code 1   after 21.4s',
      '    .wharf-ci.yml:14:7',
      '   12 │   web:',
      '   13 │     container:',
      '   14 │       cmds: [npm ci, npm run build]',
      '      │       ~~~~',
      '    last lines   src/main.ts(3,7): error TS2322',
      '    all of it    slipway logs 42 web',
      '    look inside  slipway run --keep-failed --step web',
      '                 slipway shell latest web',
      '⊘ build ▸ docs   cancelled: web failed',
      '– deploy         skipped: an earlier stage failed',
      '',
      'failed in 21.4s   1 failed, 1 cancelled, 1 skipped   exit 1',
    ]);
  });

  it('gives commands that hold in the folder of the shell, on the runtime of the run and with its environment and cluster', () => {
    const story = failedStory();
    const events = story.events.map((event) =>
      event.type === 'run.started'
        ? {
            ...event,
            settings: { ...event.settings, runtime: 'host', environment: 'my stage', kubeContext: 'admin@prod' },
          }
        : event,
    );
    const state = emptyRunState();
    for (const event of events) applyEvent(state, event);
    expect(summaryLines(state, { ...options, here: '/home/me' }).slice(7, 10)).toEqual([
      '    all of it    slipway -C shop logs 42 web',
      "    look inside  slipway -C shop run --on host --environment 'my stage' --kube-context admin@prod --keep-failed --step web",
      '                 slipway -C shop shell latest web',
    ]);
  });

  it('lists what may be left behind, with the command that removes it', () => {
    const story = new RunStory([{ name: 'build', steps: [{ name: 'web' }] }])
      .begin()
      .stageStarted('build')
      .started('build/web');
    story.observed('build/web', {
      type: 'workload.left',
      workload: 'slipway-1',
      detail: 'the cluster has not answered for 60 s',
    });
    story
      .finished('build/web', { status: 'cancelled', because: 'user' })
      .stageFinished('build', 'cancelled')
      .end('cancelled');
    const state = emptyRunState();
    for (const event of story.events) {
      const cluster = { namespace: 'ci', context: 'prod', server: 'https://x' };
      applyEvent(
        state,
        event.type === 'run.started'
          ? { ...event, settings: { ...event.settings, runtime: 'kubernetes', cluster } }
          : event,
      );
    }
    expect(summaryLines(state, options).slice(2, -1)).toEqual([
      'may be left behind:',
      '  slipway-1: the cluster has not answered for 60 s',
      'to remove it: slipway doctor --clean --on kubernetes --kube-context prod',
      '',
      'to run it again: slipway rerun 42',
      '',
    ]);
  });

  it.each([40, 60, 100])('fits %d columns', (columns) => {
    const wide = {
      ...options,
      columns,
      lastLines: () => ['x'.repeat(300), '日本語 '.repeat(40), '\x1b[31mred \x1b[0m'.repeat(40)],
    };
    for (const line of summaryLines(stateOf(failedStory()), wide)) expect(textWidth(line)).toBeLessThanOrEqual(columns);
  });

  it('folds a name that is wider than the window', () => {
    const story = new RunStory([{ name: 'test', steps: [{ name: 'unit-tests-of-everything-there-is-in-here' }] }])
      .begin()
      .stageStarted('test');
    story
      .started('test/unit-tests-of-everything-there-is-in-here')
      .exited('test/unit-tests-of-everything-there-is-in-here', 1);
    for (const line of summaryLines(stateOf(story), { ...options, columns: 30 }))
      expect(textWidth(line)).toBeLessThanOrEqual(30);
  });

  it('is one line when all went well', () => {
    const story = new RunStory([{ name: 'test', steps: [{ name: 'unit' }] }])
      .begin()
      .stageStarted('test')
      .started('test/unit')
      .wait(100)
      .succeeded('test/unit');
    expect(summaryLines(stateOf(story.stageFinished('test', 'succeeded').end('succeeded')), options)).toEqual([
      'succeeded in 0.1s   1 succeeded',
    ]);
  });

  it('says why a run never came to its steps', () => {
    const story = new RunStory()
      .begin()
      .end('failed', 'runtime', 'No container engine answers\n  start one: sudo systemctl start docker');
    expect(summaryLines(stateOf(story), options)).toEqual([
      'No container engine answers',
      '  start one: sudo systemctl start docker',
      '',
      'failed in 0.0s   exit 3',
    ]);
  });

  it('may be very long', () => {
    const story = new RunStory().begin().end('failed', 'runtime', 'x\n'.repeat(200_000));
    expect(summaryLines(stateOf(story), options).length).toBeGreaterThan(200_000);
  });

  it('offers the shell of a step that was kept', () => {
    const story = new RunStory([{ name: 'test', steps: [{ name: 'a b' }] }])
      .begin()
      .stageStarted('test')
      .started('test/a b');
    story.observed('test/a b', { type: 'workload.kept', workload: 'w' }).exited('test/a b', 1);
    expect(summaryLines(stateOf(story), options).join('\n')).toContain("slipway shell 42 'a b'");
  });

  it('says why an allowed failure came about, and not how to mend it', () => {
    const story = new RunStory([{ name: 'test', steps: [{ name: 'unit', policy: { allowFailure: true } }] }])
      .begin()
      .stageStarted('test')
      .started('test/unit')
      .exited('test/unit', 1);
    expect(summaryLines(stateOf(story.stageFinished('test', 'succeeded').end('succeeded')), options)).toEqual([
      '✗ test ▸ unit    exit code 1   after 0.0s   allowed to fail',
      '    last lines   src/main.ts(3,7): error TS2322',
      '    all of it    slipway logs 42 unit',
      '',
      'succeeded in 0.0s   1 failed',
    ]);
  });

  it('says the reason of an allowed failure that has one', () => {
    const story = new RunStory([{ name: 'test', steps: [{ name: 'unit', policy: { allowFailure: true } }] }])
      .begin()
      .stageStarted('test')
      .started('test/unit');
    story
      .finished('test/unit', { status: 'failed', failure: { code: 'unschedulable', detail: 'no node has room' } })
      .stageFinished('test', 'succeeded')
      .end('succeeded');
    expect(summaryLines(stateOf(story), options).join('\n')).toMatch(/allowed to fail\n.*because +no node has room\n/);
  });
});

it('names the steps whose artifacts are not there, as they were not selected', () => {
  const story = (failure: Failure) => {
    const told = new RunStory([
      { name: 'build', notSelected: true, steps: [{ name: 'web', artifacts: ['dist/**'] }, { name: 'docs' }] },
      { name: 'deploy', steps: [{ name: 'prod', artifacts: ['log'] }] },
      { name: 'tell', notSelected: true, steps: [{ name: 'team', artifacts: ['mail'] }] },
    ]).begin();
    told.stageStarted('deploy').started('deploy/prod').finished('deploy/prod', { status: 'failed', failure });
    return summaryLines(stateOf(told.stageFinished('deploy', 'failed').end('failed')), options).join('\n');
  };
  const hint = 'artifacts of unselected steps are missing: build/web (dist/**)\n';
  expect(story({ code: 'exit-nonzero', exitCode: 1 })).toContain(hint);
  expect(story({ code: 'file-missing', field: 'chart', path: 'dist/chart' })).toContain(hint);
  expect(story({ code: 'image-unavailable', image: 'x', detail: 'no' })).not.toContain('not selected');
});
