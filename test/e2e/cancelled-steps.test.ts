/** `slipway cancel --step`: one step ends, the others continue. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectDir } from '../rigs/project-dir.ts';
import { runCli } from '../rigs/run-cli.ts';

/** `works` ends once the file exists. */
const pipeline = (file: string) =>
  JSON.stringify({
    test: {
      hangs: { container: { image: 'none', cmds: ['echo begun', 'sleep 600'] } },
      works: { container: { image: 'none', cmds: [`while ! test -e ${file}; do sleep 0.1; done`] } },
    },
  });

it('cancels one step of a run in another process', { timeout: 120_000 }, async () => {
  await using project = await projectDir({});
  const done = join(project.env['TMPDIR'] ?? '', 'done');
  await project.write({ '.wharf-ci.yml': pipeline(done) });
  const place = { cwd: project.path, env: project.env };
  await using run = runCli(['run', '--on', 'host', '--output', 'text'], place);
  await run.until('begun');
  const cancelled = await runCli(['cancel', 'latest', '--step', 'hangs', '--reason', 'it hangs'], place).exits(0);
  expect(cancelled.stdout).toMatch(/^hangs \(1\.1\.1\) ended: cancelled after /);
  const again = await runCli(['cancel', 'latest', '--step', 'test/hangs', '--output', 'json'], place).exits(0);
  expect(JSON.parse(again.stdout)).toMatchObject({
    step: '1.1.1',
    status: 'cancelled',
    outcome: { status: 'cancelled', because: 'user' },
  });
  // The index follows the log within a quarter of a second.
  let listed: object;
  do {
    const { stdout } = await runCli(['runs', '--output', 'json'], place).exits(0);
    const [{ status, steps } = {}] = (JSON.parse(stdout) as { runs: { status: string; steps: object }[] }).runs;
    listed = { status, steps };
  } while (!JSON.stringify(listed).includes('cancelled'));
  expect(listed).toEqual({ status: 'inProgress', steps: { cancelled: 1, inProgress: 1 } });
  await writeFile(done, '');
  expect((await run.ended).code).toBe(130);
  const shown = (await runCli(['show', 'latest'], place).exits(0)).stdout;
  expect(shown).toContain('slipway cancel cancelled step 1.1.1: it hangs');
  expect(shown).toMatch(/works +succeeded/);
});
