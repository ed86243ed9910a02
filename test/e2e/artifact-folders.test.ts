/** Folders that `artifacts --to` cannot write are reported as mistakes on the command line. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectDir } from '../rigs/project-dir.ts';
import { runCli } from '../rigs/run-cli.ts';

const step = { artifacts: ['made'], container: { image: 'none', cmds: ['echo x > made'] } };
const pipeline = JSON.stringify({ s: { step } });

it('a folder that cannot be written is reported, with exit code 2', { timeout: 120_000 }, async () => {
  await using project = await projectDir({ '.wharf-ci.yml': pipeline, file: '' });
  const cli = (...args: string[]) => runCli(args, { cwd: project.path, env: { ...project.env, SLIPWAY_ON: 'host' } });
  await cli('run').exits(0);
  const at = (name: string) => join(project.path, name);
  for (const [to, says] of [
    ['file', `cannot write to ${at('file')}: is a file`],
    ['file/below', `cannot write to ${at('file/below')}: `],
    ['/proc/1/x', 'cannot write to /proc/1/x: '],
  ] as const) {
    const { stdout, stderr } = await cli('artifacts', 'latest', '--to', to).exits(2);
    expect(stderr).toContain(`error: ${says}`);
    expect(stderr).toContain('choose another folder with --to');
    expect(stdout + stderr).not.toContain('internal');
  }
  await cli('artifacts', 'latest', '--to', 'out').exits(0);
  expect(await project.read('out/made')).toBe('x\n');
});
