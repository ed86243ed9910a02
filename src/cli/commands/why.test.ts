import { describe, expect } from 'vitest';
import { it } from '../../../test/rigs/command-line.ts';
import { RunStory } from '../../../test/rigs/run-story.ts';
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
});
