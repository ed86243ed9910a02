/**
 * An unknown cluster is a mistake on the command line. Every command reports it in the same way, before anything is
 * recorded.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectDir } from '../rigs/project-dir.ts';
import { runCli } from '../rigs/run-cli.ts';

/** An address of this machine where nothing listens. */
const kubeconfig = JSON.stringify({
  'current-context': 'prod',
  contexts: [{ name: 'prod', context: { cluster: 'c' } }],
  clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:9' } }],
});
const pipeline = JSON.stringify({ a: { b: { container: { image: 'busybox', cmds: ['true'] } } } });

async function world() {
  const project = await projectDir({ '.wharf-ci.yml': pipeline });
  const file = join(project.path, '..', 'kubeconfig');
  await writeFile(file, kubeconfig);
  const cli = (args: readonly string[], env: Readonly<Record<string, string>> = { KUBECONFIG: file }) =>
    runCli(args, { cwd: project.path, env: { ...project.env, ...env } });
  const runs = async () =>
    (JSON.parse((await cli(['runs', '--output', 'json']).exits(0)).stdout) as { runs: { status: string }[] }).runs;
  return { cli, runs, [Symbol.asyncDispose]: async () => await project[Symbol.asyncDispose]() };
}

it.for(['run', 'run --dry-run', 'doctor'])('%s', { timeout: 60_000 }, async (command) => {
  await using w = await world();
  for (const [flags, says] of [
    [['--on', 'kubernetes', '--kube-context', 'prdo'], /W080 .*did you mean `prod`\?/],
    [['--on', 'kubernetes:prdo'], /W081 .*`prdo`/],
  ] as const) {
    const { stdout, stderr } = await w.cli([...command.split(' '), ...flags]).exits(2);
    expect(stdout + stderr).toMatch(says);
  }
  const { stdout, stderr } = await w.cli([...command.split(' '), '--on', 'kubernetes'], { KUBECONFIG: '' }).exits(2);
  expect(stdout + stderr).toMatch(/W065 .*\.kube\/config/);
  expect(await w.runs()).toEqual([]);
});

it('a cluster that does not respond gives a recorded run that exits 3', { timeout: 60_000 }, async () => {
  await using w = await world();
  await w.cli(['run', '--on', 'kubernetes']).exits(3);
  await w.cli(['run', '--on', 'host']).exits(0);
  expect((await w.cli(['rerun', 'latest', '--on', 'kubernetes:prdo']).exits(2)).stderr).toContain('W081');
  expect((await w.runs()).map(({ status }) => status).toSorted()).toEqual(['failed', 'succeeded']);
});
