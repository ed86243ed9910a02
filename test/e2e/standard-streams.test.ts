/** Output that cannot be written is not a success (docs/cli.md, "Exit codes"). `/dev/full` rejects every byte. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect } from 'vitest';
import { it as base } from 'vitest';
import { projectDir, type ProjectDir } from '../rigs/project-dir.ts';

const slipway = fileURLToPath(new URL('../../dist/slipway.js', import.meta.url));
const pipeline = JSON.stringify({
  a: { b: { artifacts: ['made'], container: { image: 'none', cmds: ['echo hello | tee made'] } } },
});

const it = base.extend<{
  project: ProjectDir;
  shell: (command: string) => { readonly status: number | null; readonly stderr: string };
}>({
  project: async ({}, use) => {
    await using project = await projectDir({ '.wharf-ci.yml': pipeline, 'text.txt': 'some text\n' });
    await use(project);
  },
  shell: async ({ project }, use) =>
    await use((command) =>
      spawnSync('sh', ['-c', `slipway() { "${process.execPath}" "${slipway}" "$@"; }\n${command}`], {
        cwd: project.path,
        env: project.env,
        encoding: 'utf8',
      }),
    ),
});

const commands = [
  '--version',
  '--help',
  'explain W001',
  'completion bash',
  'schema',
  'vars substitute text.txt',
  'run --on host',
  'runs',
  'show latest',
  'logs latest',
  'events latest',
  'artifacts latest --output json',
];

describe.skipIf(!existsSync('/dev/full'))('standard output that cannot be written', () => {
  it('ends every command with 3 and the reason', { timeout: 240_000 }, ({ shell }) => {
    expect(shell('slipway run --on host').status).toBe(0);
    for (const command of commands) {
      const { status, stderr } = shell(`slipway ${command} > /dev/full`);
      expect({ command, status, stderr }).toEqual({
        command,
        status: 3,
        stderr: expect.stringContaining('error: cannot write to standard output: ENOSPC') as string,
      });
    }
  });

  it('keeps the exit code of a failed run', { timeout: 60_000 }, async ({ project, shell }) => {
    await project.write({ '.wharf-ci.yml': pipeline.replace('echo hello', 'exit 7; echo') });
    expect(shell('slipway run --on host > /dev/full').status).toBe(1);
  });

  it('also detects errors of standard error', { timeout: 60_000 }, ({ shell }) => {
    expect(shell('slipway artifacts latest --to x 2> /dev/full').status).not.toBe(0);
    expect(shell('slipway run --on host --quiet 2> /dev/full').status).toBe(0);
  });
});

it('a closed pipe is not an error', { timeout: 120_000 }, ({ shell }) => {
  expect(shell('slipway run --on host > /dev/null').status).toBe(0);
  for (const command of ['--version', '--help', 'logs latest', 'events latest']) {
    const { status, stderr } = shell(`{ slipway ${command}; echo "ended with $?" >&2; } | true`);
    expect({ command, status, stderr }).toEqual({ command, status: 0, stderr: 'ended with 0\n' });
  }
});
