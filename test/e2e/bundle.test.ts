import { spawnSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { baseImage, engines } from '../rigs/engines.ts';
import { projectDir } from '../rigs/project-dir.ts';
import { runCli } from '../rigs/run-cli.ts';

/** Runs a plain step and returns the files of the build whose compiled code was kept. */
async function loadedBy(on: string, engine: Readonly<Record<string, string>> = {}): Promise<readonly string[]> {
  const pipeline = `build:\n  hello:\n    container:\n      image: ${baseImage}\n      cmds: [echo hello]\n`;
  await using project = await projectDir({ '.wharf-ci.yml': pipeline });
  await runCli(['run', '--on', on], { cwd: project.path, env: { ...project.env, ...engine } }).exits(0);
  const kept = await readdir(join(project.env['XDG_CACHE_HOME'] ?? '', 'slipway/compiled'));
  return kept.map((name) => /-run-(\w+\.cjs)\.bin$/.exec(name)?.[1] ?? name);
}

describe('a run of a plain step loads one file of the build (scripts/build.mjs says what is in it)', () => {
  it('on the host', async () => {
    expect(await loadedBy('host')).toEqual(['program.cjs']);
  });

  for (const { name, host } of engines)
    it.skipIf(host === undefined)(`on ${name} (SLIPWAY_TEST_${name.toUpperCase()} names the engine)`, async () => {
      expect(await loadedBy('docker', { DOCKER_HOST: host ?? '' })).toEqual(['program.cjs']);
    });
});

it('the command hides its flags from Node, which has one of the same name', async () => {
  await using project = await projectDir({ 'skaffold.yaml': 'apiVersion: skaffold/v4beta14\nkind: Config\n' });
  const command = fileURLToPath(new URL('../../dist/slipway.js', import.meta.url));
  const env = { ...project.env, PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}` };
  const { status, stderr } = spawnSync(command, ['verify', '--env-file', 'missing.env'], {
    cwd: project.path,
    env,
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([2, expect.stringMatching(/^error: --env-file: cannot read /)]);
});
