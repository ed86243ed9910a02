import { describe, expect } from 'vitest';
import { it } from '../../../test/rigs/command-line.ts';
import { RunStory } from '../../../test/rigs/run-story.ts';
import { openStory } from '../../../test/rigs/short-stories.ts';
import type { CacheResult, ImageArtifact } from '../../model/artifact.ts';

function image(name: string, cache?: CacheResult): ImageArtifact {
  const made = { kind: 'image', name, id: 'sha256:1', references: [`${name}:1`], pushed: [] } as const;
  return { ...made, ...(cache && { cache }) };
}

/** A build of three artifacts: one built, one cached, one failed. */
function story(): RunStory {
  const told = new RunStory([{ name: 'build', steps: [{ name: 'app' }, { name: 'base' }, { name: 'web' }] }]).begin();
  told.stageStarted('build');
  for (const [name, cache] of [
    ['app', { missed: 'a changed and 1 more', reasons: ['a changed', 'b added'] }],
    ['base', { hit: true }],
  ] as const)
    told.started(`build/${name}`).add({
      type: 'step.finished',
      step: told.id(`build/${name}`),
      attempt: 1,
      outcome: { status: 'succeeded', value: undefined },
      artifacts: [image(name, cache)],
    });
  return told.started('build/web').exited('build/web', 7).stageFinished('build', 'failed').end('failed');
}

describe('why', () => {
  it('says for each step of a run why it ended so', async ({ services, slipway }) => {
    await services.tell(story());
    const { stdout, code } = await slipway(['why', 'latest']);
    expect([code, stdout.split('\n')]).toEqual([
      0,
      [
        'build/app  built app:1',
        '  a changed',
        '  b added',
        'build/base  cached base:1: nothing changed',
        'build/web  failed: exit code 7',
        '',
      ],
    ]);
  });

  it('says it of one artifact, as JSON too', async ({ services, slipway }) => {
    await services.tell(story());
    expect((await slipway(['why', 'latest', 'base'])).stdout).toBe('build/base  cached base:1: nothing changed\n');
    const { stdout } = await slipway(['why', 'latest', 'web', '--output', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({ steps: [{ name: 'web', status: 'failed', reason: 'exit code 7' }] });
    expect((await slipway(['why', 'latest', 'other'])).code).toBe(2);
  });

  it('says of a run without steps why it has none', async ({ services, slipway }) => {
    const tell = async (end: (story: RunStory) => void) => {
      const told = new RunStory().begin();
      end(told);
      await services.tell(told);
      return (await slipway(['why', 'latest'])).stdout;
    };
    const diagnostics = [
      { code: 'S070', severity: 'warning', message: 'no tag' },
      { code: 'S021', severity: 'error', message: 'unknown image `bas`' },
    ] as const;
    const refused = { type: 'run.finished', status: 'failed', because: 'configuration', diagnostics } as const;
    const note = { type: 'run.noted', level: 'warning', code: 'S089', message: 'no image is given' } as const;
    expect(await tell((told) => told.add(refused))).toBe('the run failed: S021 unknown image `bas`\n');
    expect(await tell((told) => told.end('failed', 'runtime', 'no engine\n  start it'))).toBe(
      'the run failed: no engine\n',
    );
    expect(await tell((told) => told.end('skipped'))).toBe('nothing to build or test\n');
    expect(await tell((told) => told.add(note).end('skipped'))).toBe(
      'nothing to build or test: S089 no image is given\n',
    );
    expect(await tell((told) => told.end('cancelled', 'user'))).toBe('the run ended before it was planned\n');
    const { stdout } = await slipway(['why', 'latest', '--output', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({ steps: [], reason: 'the run ended before it was planned' });
  });

  it('says that a run was interrupted', async ({ services, slipway }) => {
    await services.tell(openStory());
    expect((await slipway(['why', 'latest'])).stdout).toBe('test/unit  interrupted\n');
    const { stdout } = await slipway(['why', 'latest', '--output', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({ steps: [{ status: 'interrupted' }] });
  });

  it('names the tests that failed', async ({ services, slipway }) => {
    const problems = ['command "a": exit code 1, expected 0'];
    const failure = { code: 'tests-failed', failed: 1, of: 2, problems } as const;
    const told = openStory().finished('test/unit', { status: 'failed', failure });
    await services.tell(told.stageFinished('test', 'failed').end('failed'));
    expect((await slipway(['why', 'latest'])).stdout).toBe(
      'test/unit  failed: 1 of 2 tests failed\n  command "a": exit code 1, expected 0\n',
    );
    const { stdout } = await slipway(['why', 'latest', '--output', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({ steps: [{ reason: '1 of 2 tests failed', failedTests: problems }] });
  });
});
