/** A run whose tree takes long to read says so. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectDir } from '../rigs/project-dir.ts';
import { runCli } from '../rigs/run-cli.ts';

const pipeline = 's: {step: {container: {image: none, cmds: ["true"]}}}\n';

it('shows that it reads the workspace while it does', { timeout: 120_000 }, async () => {
  await using project = await projectDir({ '.wharf-ci.yml': pipeline }, { git: true });
  const folder = join(project.path, '..', 'bin');
  const go = join(project.path, '..', 'go');
  await mkdir(folder);
  const real = (project.env['PATH'] ?? '').replaceAll("'", `'\\''`);
  // Git is slow with the list of files, and with nothing else.
  const wait = `case "$*" in *ls-files*) until [ -e '${go}' ]; do sleep 0.05; done ;; esac`;
  const slow = `#!/bin/sh\nPATH='${real}'\n${wait}\nexec git "$@"\n`;
  await writeFile(join(folder, 'git'), slow, { mode: 0o755 });
  const env = { ...project.env, PATH: `${folder}:${project.env['PATH'] ?? ''}`, SLIPWAY_ON: 'host' };
  await using run = runCli(['run', '--output', 'text'], { cwd: project.path, env });
  try {
    await run.until('reading the workspace: listing its files');
    expect(run.stdout).not.toContain('started');
  } finally {
    await writeFile(go, '');
  }
  const { stdout } = await run.exits(0);
  expect(stdout.match(/reading the workspace/g)).toHaveLength(1);
});
