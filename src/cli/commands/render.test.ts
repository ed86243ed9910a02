import { describe, expect } from 'vitest';
import { it } from '../../../test/rigs/command-line.ts';
import { RunStory } from '../../../test/rigs/run-story.ts';

/** A render with a warning. */
function story(end: 'succeeded' | 'failed'): RunStory {
  const told = new RunStory([{ name: 'render', steps: [{ name: 'render' }] }]);
  told.begin().stageStarted('render').started('render/render');
  told.observed('render/render', { type: 'noted', level: 'info', message: 'a remark' });
  told.observed('render/render', { type: 'noted', level: 'warning', message: 'a.yaml has no objects' });
  if (end === 'succeeded') told.succeeded('render/render');
  else
    told.finished('render/render', {
      status: 'failed',
      failure: { code: 'render-failed', source: 'k8s', detail: 'a.yaml:1:1: wrong' },
    });
  return told.stageFinished('render', end).end(end);
}

describe('render', () => {
  it('prints warnings to stderr, and nothing but manifests to stdout', async ({ services, slipway }) => {
    services.story = story('succeeded');
    expect(await slipway(['render'])).toMatchObject({
      code: 0,
      stdout: '',
      stderr: 'warning: a.yaml has no objects\n',
    });
  });

  it('prints its failure to stderr', async ({ services, slipway }) => {
    services.story = story('failed');
    const { code, stdout, stderr } = await slipway(['render']);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('cannot render k8s');
    expect(stderr).toContain('a.yaml:1:1: wrong');
  });

  it.for([['-q'], ['-v']])('prints its failure to stderr with %j, too', async (flags, { services, slipway }) => {
    services.story = story('failed');
    const { code, stdout, stderr } = await slipway(['render', ...flags]);
    expect([code, stdout, stderr]).toEqual([1, '', expect.stringContaining('a.yaml:1:1: wrong')]);
    expect(stderr.includes('a remark')).toBe(flags.includes('-v'));
  });

  it('is silent with --quiet unless it fails', async ({ services, slipway }) => {
    services.story = story('succeeded');
    expect(await slipway(['render', '-q'])).toMatchObject({ code: 0, stdout: '', stderr: '' });
  });

  it('reports to stdout if a file gets the manifests', async ({ services, slipway }) => {
    services.story = story('failed');
    const { stdout } = await slipway(['render', '-o', '/tmp/slipway-render-test.yaml']);
    expect(stdout).toContain('a.yaml:1:1: wrong');
  });
});
