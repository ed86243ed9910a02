/** `resume` and `rerun` run the original texts, with every secret in its place (docs/secrets.md). */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import Database from 'libsql';
import { describe, expect, it } from 'vitest';
import { baseImage, engines } from '../rigs/engines.ts';
import { projectDir, type ProjectDir } from '../rigs/project-dir.ts';
import { runCli } from '../rigs/run-cli.ts';

const user = 'robot-deployer';
const password = 'pa"ss/wörd ${HOME}+1';
const forms = [
  user,
  password,
  encodeURIComponent(password),
  Buffer.from(`me:${password}`).toString('base64'),
  JSON.stringify(password).slice(1, -1),
  Buffer.from(`x${user}`).toString('base64'),
];
const base64 = (text: string) => Buffer.from(text).toString('base64');
const operatorFile = 'secrets:\n  team:\n    username: {environment: REG_USER}\n';

/** Prints everything that contains a secret, and removes a folder whose name is one. */
const commands = [
  'mkdir -p out/keep out/$A && rm -rf "out/' + user + '/" && ls out',
  `printf '%s\\n' '${encodeURIComponent(password)}' '${base64(`me:${password}`)}' '${base64(`x${user}`)}' '\${a}b}' '${user}' | sha256sum`,
  `printf '%s\\n' "$TARGET" "$A" "$B" "$C" | sha256sum`,
];

const step = (cmds: readonly string[], more: object = {}) => ({
  env: { TARGET: user, A: '${pw}', B: `<${password.replaceAll('${HOME}', '${%HOME%}')}>`, C: '${mixed}' },
  container: { image: baseImage, secretName: 'team', cmds },
  ...more,
});

const pipeline = JSON.stringify({
  inputs: [
    { name: 'pw', type: 'password', default: user },
    { name: 'a}b', type: 'password', default: password },
    { name: 'mixed', type: 'string', default: `https://${user}@host` },
  ],
  wait: { first: { container: { image: baseImage, secretName: 'team', cmds: ['echo begun', 'sleep 3'] } } },
  go: { 'runs-if': 'always', say: step(commands, { artifacts: [`out/keep`] }) },
});

const printed = (line: string) => new RegExp(`"text":\\s*"${line}`);
const targets = [
  ...engines.map(({ name, host }) => ({ name, on: 'docker', host })),
  { name: 'host', on: 'host', host: '' },
];

async function world(host: string | undefined, file = pipeline) {
  const project = await projectDir({ '.wharf-ci.yml': file });
  const folder = join(project.env['XDG_CONFIG_HOME'] ?? '', 'slipway');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'config.yaml'), operatorFile);
  const cli = (args: readonly string[], env: Readonly<Record<string, string>> = { REG_USER: user }) =>
    runCli(args, {
      cwd: project.path,
      env: { ...project.env, ...(host !== undefined && host !== '' && { DOCKER_HOST: host }), ...env },
    });
  return { project, cli, [Symbol.asyncDispose]: async () => await project[Symbol.asyncDispose]() };
}

/** All files of the state folder except the snapshots, which are the user's own tree. */
async function formsIn(project: ProjectDir): Promise<string[]> {
  const entries = await readdir(join(project.env['XDG_STATE_HOME'] ?? '', 'slipway'), {
    recursive: true,
    withFileTypes: true,
  });
  const files = entries
    .filter((entry) => entry.isFile() && entry.name !== 'tree.tar')
    .map((entry) => join(entry.parentPath, entry.name));
  const contents = await Promise.all(files.map(async (path) => await readFile(path)));
  return files.filter((_, i) => forms.some((form) => contents[i]?.includes(form) === true));
}

describe.each(targets)('on $name', ({ on, host }) => {
  const test = it.skipIf(host === undefined);

  test('a rerun and a resumed run do the same as the first run', { timeout: 180_000 }, async () => {
    await using w = await world(host);
    await w.cli(['run', '--on', on]).exits(0);
    const output = (await w.cli(['logs', '1', 'say']).exits(0)).stdout;
    expect(output.split('\n')[0], 'the folder whose name is a secret is gone').toBe('keep');
    await w.cli(['rerun', '1']).exits(0);
    expect((await w.cli(['logs', '2', 'say']).exits(0)).stdout).toBe(output);
    await w.cli(['rerun', '2']).exits(0);
    expect((await w.cli(['logs', '3', 'say']).exits(0)).stdout).toBe(output);

    await using killed = w.cli(['run', '--on', on, '--output', 'json']);
    await killed.until(printed('begun'));
    killed.signal('SIGKILL');
    await killed.ended;
    await w.cli(['resume', '4']).exits(on === 'host' ? 1 : 0);
    expect((await w.cli(['logs', '4', 'say']).exits(0)).stdout).toBe(output);
    expect(await formsIn(w.project)).toEqual([]);
    for (const command of [
      ['events', '4'],
      ['show', '4', '--output', 'json'],
      ['show', '4'],
    ]) {
      const { stdout } = await w.cli(command).exits(0);
      for (const form of forms) expect(stdout.includes(form), `${form} in ${command.join(' ')}`).toBe(false);
    }
  });
});

describe('a plan that cannot be restored exactly', () => {
  const literal = (secretName: string) =>
    JSON.stringify({
      go: { done: { container: { image: baseImage, secretName, cmds: ['echo done'] } } },
      then: { say: { container: { image: baseImage, secretName, cmds: [`rm -rf "out/${user}/"`] } } },
    });

  it('is rejected before anything runs if a secret in its text has changed', { timeout: 60_000 }, async () => {
    await using w = await world('', literal('team'));
    await w.cli(['run', '--on', 'host']).exits(0);
    const { stderr } = await w.cli(['rerun', '1'], { REG_USER: 'another' }).exits(2);
    expect(stderr).toContain('W046');
    expect(stderr).toContain('cannot restore cmds[1] of step `then/say`');
    expect(stderr).not.toContain(user);
    expect(
      (JSON.parse((await w.cli(['runs', '--output', 'json']).exits(0)).stdout) as { runs: unknown[] }).runs,
    ).toHaveLength(1);
  });

  it('runs with a changed secret that no text contains', { timeout: 60_000 }, async () => {
    await using w = await world(
      '',
      JSON.stringify({
        go: { say: { container: { image: baseImage, secretName: 'team', cmds: ['printf %s "$username" | wc -c'] } } },
      }),
    );
    await w.cli(['run', '--on', 'host']).exits(0);
    await w.cli(['rerun', '1'], { REG_USER: 'another' }).exits(0);
    expect((await w.cli(['logs', '2', 'say']).exits(0)).stdout.trim()).toBe('7');
    // The new run has the new value's hash.
    await w.cli(['rerun', '2'], { REG_USER: 'another' }).exits(0);
    expect((await w.cli(['events', '3']).exits(0)).stdout).not.toContain('another one');
  });

  it('is rejected if an older Slipway stored it masked', { timeout: 60_000 }, async () => {
    await using w = await world('', literal('team'));
    await w.cli(['run', '--on', 'host']).exits(0);
    await asFormat1(w.project, (text) =>
      text.replaceAll(/\{"parts":\["rm -rf \\"out\/",\{[^}]*\},"\/\\""\]\}/g, '"rm -rf \\"out/***/\\""'),
    );
    expect((await w.cli(['events', '1']).exits(0)).stdout).toContain('out/***/');
    expect((await w.cli(['rerun', '1']).exits(2)).stderr).toContain('W046');
  });

  it('runs if an older Slipway stored it without secrets', { timeout: 60_000 }, async () => {
    await using w = await world(
      '',
      JSON.stringify({ go: { say: { container: { image: baseImage, cmds: ["echo '***'"] } } } }),
    );
    await w.cli(['run', '--on', 'host']).exits(0);
    await asFormat1(w.project, (text) => text);
    await w.cli(['rerun', '1']).exits(0);
    expect((await w.cli(['logs', '2', 'say']).exits(0)).stdout).toBe('***\n');
  });
});

/** Converts the log of the only run to format 1. */
async function asFormat1(project: ProjectDir, change: (plan: string) => string): Promise<void> {
  const state = join(project.env['XDG_STATE_HOME'] ?? '', 'slipway');
  const path = (await readdir(state, { recursive: true })).find((name) => name.endsWith('run.db')) ?? '';
  expect(dirname(path)).not.toBe('.');
  const database = new Database(join(state, path));
  const [row] = database.prepare("SELECT seq, body FROM events WHERE body LIKE '%iteration.planned%'").all() as {
    seq: number;
    body: string;
  }[];
  database.prepare('UPDATE events SET body = ? WHERE seq = ?').run(change(row?.body ?? ''), row?.seq);
  database.exec('PRAGMA user_version = 1');
  database.close();
}
