/**
 * A mistake on the command line is reported before anything changes: no run is created, no run number is used, and no
 * state folder is made.
 */
import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { projectDir } from '../rigs/project-dir.ts';
import { runCli } from '../rigs/run-cli.ts';

const pipeline = JSON.stringify({
  inputs: [{ name: 'count', type: 'number', default: 1 }],
  environments: { prod: {} },
  test: { unit: { container: { image: 'none', cmds: ['echo ${BUILD_REF}'] } } },
});

it('leaves no trace', { timeout: 120_000 }, async () => {
  await using project = await projectDir({ '.wharf-ci.yml': pipeline, 'README.md': '' });
  const cli = (...args: string[]) => runCli(['run', '--on', 'host', ...args], place(project));
  for (const [args, says] of [
    [['nowhere'], /W001 .*nowhere/],
    [['README.md'], /W002/],
    [['--stage', 'tset'], /W050 .*did you mean `test`\?/],
    [['--step', 'unti'], /W051 .*did you mean `unit`\?/],
    [['-e', 'prdo'], /W052 .*did you mean `prod`\?/],
    [['-i', 'cuont=2'], /W040 .*did you mean `count`\?/],
    [['-i', 'count=two'], /W041/],
    [['--stage', 'tset', '-e', 'prdo'], /W050[^]*W052/],
  ] as const) {
    const { stderr } = await cli(...args).exits(2);
    expect(stderr).toMatch(says);
  }
  expect(existsSync(`${project.env['XDG_STATE_HOME'] ?? ''}/slipway`)).toBe(false);
  const { stdout } = await cli('--output', 'text').exits(0);
  expect(stdout).toMatch(/#1 [^]*\| 1\n/);
});

it('a mistake in the file is a run that failed', { timeout: 60_000 }, async () => {
  await using project = await projectDir({ '.wharf-ci.yml': pipeline.replace('image', 'imgae') });
  await runCli(['run', '--on', 'host', '--stage', 'tset'], place(project)).exits(2);
  const { stdout } = await runCli(['runs'], place(project)).exits(0);
  expect(stdout).toMatch(/^#1 .*failed/);
});

function place({ path, env }: { readonly path: string; readonly env: Readonly<Record<string, string>> }) {
  return { cwd: path, env };
}
