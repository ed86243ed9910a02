import { describe, expect } from 'vitest';
import { it } from '../../../test/rigs/command-line.ts';
import { RunStory } from '../../../test/rigs/run-story.ts';
import type { ImageArtifact } from '../../model/artifact.ts';

const reference = (tag: string) => `registry.example/shop:${tag}`;

/** A run with one step, which made these images. */
function made(...artifacts: readonly ImageArtifact[]): RunStory {
  const story = new RunStory([{ name: 'build', steps: [{ name: 'all' }] }]).begin();
  return story.add({
    type: 'step.finished',
    step: story.id('build/all'),
    attempt: 1,
    outcome: { status: 'succeeded', value: undefined },
    artifacts,
  });
}

describe('the images of a run', () => {
  const api: ImageArtifact = {
    kind: 'image',
    name: 'api',
    id: 'sha256:1',
    references: [reference('1'), reference('2')],
    pushed: [{ reference: reference('1'), digest: 'sha256:2' }],
  };
  const web: ImageArtifact = { ...api, name: 'website', references: [reference('3')], pushed: [] };
  const { name: _, ...unnamed } = api;

  it.for<[string, readonly ImageArtifact[], readonly string[]]>([
    [
      'have names',
      [api, web],
      [
        `build/all     image  api      ${reference('1')}  sha256:2`,
        `build/all     image  api      ${reference('2')}  sha256:1  not pushed`,
        `build/all     image  website  ${reference('3')}  sha256:1  not pushed`,
      ],
    ],
    [
      'have none in older logs',
      [unnamed],
      [
        `build/all     image  ${reference('1')}  sha256:2`,
        `build/all     image  ${reference('2')}  sha256:1  not pushed`,
      ],
    ],
  ])('%s', async ([, images, lines], { services, slipway }) => {
    await services.tell(made(...images));
    expect((await slipway(['artifacts', '1'])).stdout).toBe(lines.map((line) => `${line}\n`).join(''));
  });

  it('are in JSON with their names, beside the name of the step', async ({ services, slipway }) => {
    await services.tell(made(api, unnamed));
    const { stdout } = await slipway(['artifacts', '1', '--output', 'json']);
    const step = { step: '1.1.1', name: 'all', stage: 'build' };
    const { id, references, pushed } = api;
    expect((JSON.parse(stdout) as { images: object[] }).images).toEqual([
      { ...step, image: 'api', id, references, pushed },
      { ...step, id, references, pushed },
    ]);
  });
});
