import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
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
