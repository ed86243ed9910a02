/** Commands on a state folder whose disk is full or read-only. */
import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { projectDir, type ProjectDir } from '../rigs/project-dir.ts';
import { runCli } from '../rigs/run-cli.ts';

const canMount = process.platform === 'linux' && process.getuid?.() === 0;
const pipeline = (cmds: string) =>
  `s:\n  step:\n    artifacts: ["a.txt"]\n    container: {image: none, cmds: [${JSON.stringify(cmds)}]}\n`;
const reading = [
  ['runs'],
  ['runs', '--all'],
  ['show', '1'],
  ['logs', '1'],
  ['events', '1'],
  ['artifacts', '1'],
  ['artifacts', '1', '--to', 'out'],
  ['prune', '--dry-run'],
];

describe.skipIf(!canMount)('a state folder on a small disk (skipped unless root on Linux may mount one)', () => {
  let project: ProjectDir;
  let disk: string;

  beforeEach(async () => {
    project = await projectDir({
      '.wharf-ci.yml': pipeline('echo A > a.txt; head -c 600000 /dev/zero | tr "\\\\0" x'),
    });
    disk = join(project.path, '..', 'disk');
    await mkdir(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m,mode=755', 'slipway-test', disk]);
  });

  afterEach(async () => {
    execFileSync('umount', ['-l', disk]);
    await project[Symbol.asyncDispose]();
  });

  const cli = (...args: string[]) =>
    runCli(args, {
      cwd: project.path,
      env: { ...project.env, SLIPWAY_STATE: join(disk, 'state'), SLIPWAY_ON: 'host' },
    });

  async function fill(): Promise<void> {
    for (const size of [64 << 10, 1_000, 1]) {
      const write = async () => {
        for (;;) await appendFile(join(disk, 'fill'), new Uint8Array(size));
      };
      await expect(write()).rejects.toMatchObject({ code: 'ENOSPC' });
    }
  }

  it('can be read, pruned and reused when full', { timeout: 120_000 }, async () => {
    await cli('run', '--quiet').exits(0);
    await fill();
    for (const args of reading) await cli(...args).exits(0);
    expect((await cli('logs', '1').exits(0)).stdout).toHaveLength(600_000);
    expect((await cli('run').exits(3)).stderr).toContain('slipway prune');
    expect((await cli('prune', '1').exits(0)).stdout).toMatch(/^removed #1 of .*project/);
    expect((await cli('runs').exits(0)).stdout).toBe('');
    await project.write({ '.wharf-ci.yml': pipeline('echo A > a.txt') });
    await cli('run', '--quiet').exits(0);
  });

  it('lets a run be cancelled when full', { timeout: 120_000 }, async () => {
    await project.write({ '.wharf-ci.yml': pipeline('echo begun; sleep 600') });
    await using run = cli('run', '--output', 'text');
    await run.until('| begun');
    await fill();
    // The end of the run cannot be stored. Both commands report that.
    const cancelled = await cli('cancel', '1').ended;
    expect(cancelled.code === 3 ? cancelled.stderr : 'requested').toContain('requested');
    expect((await run.ended).code).not.toBe(0);
    await rm(join(disk, 'fill'));
    expect(await project.leftovers()).toEqual([]);
  });

  it('can only be read when read-only', { timeout: 120_000 }, async () => {
    await cli('run', '--quiet').exits(0);
    execFileSync('mount', ['-o', 'remount,ro', disk]);
    for (const args of reading) await cli(...args).exits(0);
    for (const args of [['run'], ['prune', '1'], ['rerun', '1']])
      expect((await cli(...args).exits(3)).stderr).toContain('read-only');
  });

  it('can be read as far as permitted when another user owns it', { timeout: 120_000 }, async () => {
    await cli('run', '--quiet').exits(0);
    const nobody = (...args: string[]) =>
      execFileSync(
        'setpriv',
        ['--reuid', '65534', '--regid', '65534', '--clear-groups', process.execPath, entry, ...args],
        {
          cwd: '/',
          env: { PATH: process.env['PATH'], HOME: '/nonexistent', SLIPWAY_STATE: join(disk, 'state') },
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'pipe'],
        },
      );
    const [id = ''] = /[0-9a-z]{26}/.exec((await cli('runs', '--output', 'json').exits(0)).stdout) ?? [];
    execFileSync('chmod', ['a+x', join(project.path, '..')]);
    expect(() => nobody('logs', id)).toThrow(/cannot keep runs in .*permission denied/);
    execFileSync('chmod', ['-R', 'a+rX', join(disk, 'state')]);
    expect(nobody('logs', id)).toHaveLength(600_000);
    expect(() => nobody('prune', id)).toThrow(/read-only/);
  });
});

const entry = join(import.meta.dirname, '../../dist/slipway.js');
