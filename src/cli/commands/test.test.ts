import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect } from 'vitest';
import { it } from '../../../test/rigs/command-line.ts';
import type { FakeServices } from '../../../test/rigs/fake-services.ts';
import { plannedOf, RunStory } from '../../../test/rigs/run-story.ts';
import { goodStory } from '../../../test/rigs/short-stories.ts';
import type { StartRequest } from '../../runs/run-service.ts';

const asked = (services: FakeServices) => (services.requested as StartRequest).build;

/** A run whose tests succeed, fail, and never start. */
function story(): RunStory {
  const told = new RunStory([{ name: 'test', steps: [{ name: 'a' }, { name: 'b' }] }]);
  const [stage] = plannedOf(told);
  told.begin();
  const planned = told.events.at(-1)!;
  const steps = stage!.steps.map((step) => ({ ...step, spec: { kind: 'test', image: 'app', reference: 'app:1' } }));
  told.events[told.events.length - 1] = { ...planned, stages: [{ ...stage!, phase: 'test', steps }] } as typeof planned;
  told.stageStarted('test').started('test/a');
  told.succeeded('test/a').started('test/b').exited('test/b', 7);
  return told.stageFinished('test', 'failed').end('failed');
}

describe('test', () => {
  let folder = '';
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'slipway-test-'))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const written = (text: string): string => {
    const file = join(folder, 'built.json');
    writeFileSync(file, text);
    return file;
  };

  it('builds and tests what the configuration says', async ({ services, slipway }) => {
    services.story = goodStory();
    await slipway(['test', '-p', 'a', '-b', 'app', '--tag', 'v1']);
    expect(asked(services)).toMatchObject({
      ...{ command: 'test', profiles: ['a'], images: ['app'], tag: 'v1', test: { images: [] } },
    });
  });

  it.for<[readonly string[], readonly object[]]>([
    [
      ['-i', 'app=r.example/app:1,base:2', '--images', `x=y@sha256:${'0'.repeat(64)}`],
      [
        { name: 'app', reference: 'r.example/app:1', testMustName: true },
        { reference: 'base:2', testMustName: true },
        { name: 'x', reference: `y@sha256:${'0'.repeat(64)}`, testMustName: true },
      ],
    ],
    [
      ['-a', 'FILE', '-i', 'base:2'],
      [
        { name: 'app', reference: 'app:1' },
        { reference: 'base:2', testMustName: true },
      ],
    ],
  ])('tests only the images of %j', async ([flags, images], { services, slipway }) => {
    services.story = goodStory();
    const file = written('{"builds":[{"imageName":"app","tag":"app:1"}]}');
    await slipway(['test', ...flags.map((word) => (word === 'FILE' ? file : word))]);
    expect(asked(services)?.test).toEqual({ images });
  });

  it('takes images from SKAFFOLD_ variables', async ({ services, slipway }) => {
    services.story = goodStory();
    const file = written('{"builds":[{"imageName":"app","tag":"app:1"}]}');
    services.environment = { SKAFFOLD_IMAGES: 'base=base:2', SKAFFOLD_BUILD_ARTIFACTS: file };
    await slipway(['test']);
    expect(asked(services)?.test?.images).toEqual([
      { name: 'app', reference: 'app:1' },
      { name: 'base', reference: 'base:2', testMustName: true },
    ]);
  });

  it.for([
    [['-i', '=app:1'], '--images =app:1: must be NAME=REFERENCE or a reference'],
    [['-i', 'app='], '--images app=: must be NAME=REFERENCE or a reference'],
    [['-a', 'none.json'], 'cannot read'],
    [['-a', 'FILE'], 'not a list of built images'],
  ] as const)('refuses %j', async ([flags, message], { slipway }) => {
    const file = written('{"builds":[{"imageName":"app"}]}');
    const { code, stderr } = await slipway(['test', ...flags.map((word) => (word === 'FILE' ? file : word))]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  it.for([['-a', 'FILE'] as const, ['-i', 'app=app:1\u001b[2J\nx'] as const])(
    'refuses what is not the name of an image: %j',
    async (flags, { slipway }) => {
      const file = written(JSON.stringify({ builds: [{ imageName: 'app', tag: 'app:1\u001b[2J\nx' }] }));
      const { code, stderr } = await slipway(['test', ...flags.map((word) => (word === 'FILE' ? file : word))]);
      expect(code).toBe(2);
      expect(stderr).toContain('is not the name of an image');
      expect(stderr).not.toContain('\u001b');
    },
  );

  it('prints a result for each test as one document', async ({ services, slipway }) => {
    services.story = story();
    const { code, stdout } = await slipway(['test', '--output', 'json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ status: 'failed', builds: [], results: [] },
      tests: [
        { name: 'a', image: 'app', reference: 'app:1', status: 'succeeded' },
        { name: 'b', status: 'failed', failure: { code: 'exit-nonzero', exitCode: 7 } },
      ],
    });
  });

  it('does not offer to keep a failed test, which has no container', async ({ services, slipway }) => {
    services.story = story();
    const { stdout } = await slipway(['test']);
    expect(stdout).not.toContain('keep-failed');
  });
});
