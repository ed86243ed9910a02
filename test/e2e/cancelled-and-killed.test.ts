/** Ctrl-C, then `kill -9` before the run has ended, then `resume`: the cancellation holds. */
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
    await run.until('cancelling, waiting for test/stubborn');
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
