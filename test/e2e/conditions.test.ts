/**
 * Which stages run after a success or failure (docs/design/wharf.md, "Stages"), and that ten thousand lines arrive
 * completely, through the command line.
 */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { baseImage, engines } from '../rigs/engines.ts';
import { imageOfPrograms } from '../rigs/engine-images.ts';
import { projectDir } from '../rigs/project-dir.ts';
import { runCli } from '../rigs/run-cli.ts';

const root = new URL('../../', import.meta.url);
const read = async (path: string) => await readFile(new URL(path, root), 'utf8');

interface Shown {
  readonly iterations: readonly { readonly stages: readonly { readonly name: string; readonly status: string }[] }[];
}

const runtimes = [{ name: 'host', host: '', socket: undefined }, ...engines];

describe.each(runtimes)('on $name', ({ name, host, socket }) => {
  const test = it.skipIf(host === undefined);
  const on = name === 'host' ? 'host' : 'docker';

  async function statuses(pipeline: string, exitCode: number): Promise<Readonly<Record<string, string>>> {
    await using project = await projectDir({ '.wharf-ci.yml': pipeline });
    const cli = (...args: readonly string[]) =>
      runCli(args, { cwd: project.path, env: { ...project.env, DOCKER_HOST: host ?? '' } });
    await cli('run', '--on', on).exits(exitCode);
    const shown = JSON.parse((await cli('show', 'latest', '--output', 'json').exits(0)).stdout) as Shown;
    return Object.fromEntries(
      shown.iterations.flatMap(({ stages }) => stages.map((stage) => [stage.name, stage.status])),
    );
  }

  test('a failure decides which later stages run', async () => {
    const pipeline = (await read('examples/conditions/.wharf-ci.yml')).replaceAll('busybox:1', baseImage);
    expect(await statuses(pipeline, 1)).toEqual({
      test: 'succeeded',
      'success-1': 'succeeded',
      'fail-1': 'skipped',
      'always-1': 'succeeded',
      failing: 'failed',
      'fail-2': 'succeeded',
      'success-2': 'skipped',
      'always-2': 'succeeded',
    });
  });

  test('both spellings of the condition work, in upper and lower case', async () => {
    const pipeline = (await read('test/fixtures/wharf/conditions.yml')).replaceAll('alpine:latest', baseImage);
    expect(await statuses(pipeline, 0)).toEqual({
      test: 'succeeded',
      'on-success': 'succeeded',
      'on-fail': 'skipped',
      'on-always': 'succeeded',
    });
  });

  // It starts ten thousand processes, so one engine is enough.
  it.skipIf(host === undefined || name !== 'docker')(
    'ten thousand single lines arrive completely and in order',
    { timeout: 240_000 },
    async () => {
      const image = `localhost/slipway-test-bash:${process.pid}`;
      await using _image = await imageOfPrograms(socket ?? '', image, {
        '/bin/bash': '/bin/bash',
        '/bin/sh': '/bin/sh',
        '/bin/sleep': '/bin/sleep',
      });
      await using project = await projectDir({
        '.wharf-ci.yml': (await read('test/fixtures/wharf/long-output.yml')).replaceAll('ubuntu:20.04', image),
      });
      const cli = (...args: readonly string[]) =>
        runCli(args, { cwd: project.path, env: { ...project.env, DOCKER_HOST: host ?? '' } });
      await cli('run', '--on', on, '--output', 'text').exits(0);
      const { stdout } = await cli('logs', 'latest', 'longStep').exits(0);
      expect(stdout.trimEnd().split('\n')).toEqual(Array.from({ length: 10_000 }, (_, i) => String(i + 1)));
    },
  );
});
