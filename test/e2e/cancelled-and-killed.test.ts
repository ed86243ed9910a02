/** What Ctrl-C cancels stays cancelled, and ends although programs hang. */
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { baseImage } from '../rigs/engines.ts';
import { projectDir } from '../rigs/project-dir.ts';
import { runCli } from '../rigs/run-cli.ts';
import { enginePlaces, hostPlace } from '../rigs/run-place.ts';

const step = (...cmds: readonly string[]) => ({ container: { image: baseImage, cmds } });

/** `stubborn` ignores the request to end, so that the run takes its time to end. */
const pipeline = JSON.stringify({
  test: { stubborn: step("trap '' TERM INT HUP", 'echo begun', 'sleep 600') },
  deploy: { never: step('echo deployed') },
  tidy: { 'runs-if': 'always', up: step('echo tidied') },
});

describe.each([hostPlace, ...enginePlaces])('a run on $name that Ctrl-C cancelled', ({ skip, open }) => {
  it.skipIf(skip !== undefined)('stays cancelled after kill -9 and resume', { timeout: 120_000 }, async () => {
    await using at = await open();
    await using project = await projectDir({ '.wharf-ci.yml': pipeline });
    const place = { cwd: project.path, env: { ...project.env, ...at.env, SLIPWAY_ON: at.on } };
    await using run = runCli(['run', '--output', 'text'], place);
    await run.until('| begun');
    run.signal('SIGINT');
    await run.until('stop immediately; waiting for test/stubborn');
    run.signal('SIGKILL');
    await run.ended;
    const { stdout } = await runCli(['resume', 'latest', '--output', 'text'], place).exits(130);
    expect(stdout).toContain('the run was cancelled before it was resumed');
    expect(stdout).toContain('tidied');
    expect(stdout).not.toContain('deployed');
    const shown = await runCli(['show', 'latest', '--output', 'json'], place).exits(0);
    expect(JSON.parse(shown.stdout)).toMatchObject({ status: 'cancelled', because: 'user' });
  });
});

it.skipIf(hostPlace.skip !== undefined)('Ctrl-C ends a run while Git hangs', { timeout: 60_000 }, async () => {
  await using at = await hostPlace.open();
  await using project = await projectDir({
    '.wharf-ci.yml': pipeline,
    '.git/HEAD': '',
    'bin/git': '#!/bin/sh\nexec sleep 600\n',
  });
  await chmod(join(project.path, 'bin/git'), 0o755);
  const PATH = `${join(project.path, 'bin')}:${process.env['PATH'] ?? ''}`;
  const place = { cwd: project.path, env: { ...project.env, ...at.env, PATH, SLIPWAY_ON: at.on } };
  await using run = runCli(['run', '--output', 'text'], place);
  await run.until('listing its files');
  run.signal('SIGINT');
  const { stdout } = await run.exits(130);
  expect(stdout).toContain('cancelled in');
});
