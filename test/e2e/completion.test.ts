/**
 * Completion in real shells on a terminal. Inserted text must be quoted correctly, and nothing of a repository may be
 * executed.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { projectDir } from '../rigs/project-dir.ts';

const slipway = fileURLToPath(new URL('../../dist/slipway.js', import.meta.url));

/** Prints the prompt `READY$` and loads the completion script. */
const shells: Readonly<
  Record<string, (folder: string) => { readonly command: string; readonly files: Readonly<Record<string, string>> }>
> = {
  bash: (folder) => ({
    command: `bash --noprofile --rcfile ${folder}/bashrc -i`,
    files: { bashrc: "source <(slipway completion bash)\nPS1='READY$ '\n" },
  }),
  zsh: (folder) => ({
    command: `ZDOTDIR=${folder} zsh -i`,
    files: { '.zshrc': "autoload -U compinit; compinit -u -D\nsource <(slipway completion zsh)\nPS1='READY$ '\n" },
  }),
  fish: (folder) => ({
    command: `fish -i --no-config -C 'source ${folder}/config'`,
    files: { config: "slipway completion fish | source\nfunction fish_prompt; echo 'READY$ '; end\n" },
  }),
};

const stages = ['release$(touch${IFS}PWNED)', 'build it', `quo"te'd!`, 'back\\sl`touch PWNED`*'];
const pipeline = JSON.stringify(
  Object.fromEntries(stages.map((name) => [name, { step: { container: { image: 'none', cmds: ['true'] } } }])),
);

/** A `slipway` that completes, and otherwise records its arguments. */
const recorder = `#!/bin/sh
case $1 in
  __complete|completion) exec "${process.execPath}" "${slipway}" "$@" ;;
  *) printf '%s\\n' "$@" > ran; echo FINISHED ;;
esac
`;

const isThere = (command: string) => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;

/** @returns the arguments of `slipway` on the completed command line */
async function complete(shell: string, typed: string): Promise<readonly string[]> {
  await using project = await projectDir({ '.wharf-ci.yml': pipeline });
  const folder = join(project.path, '..', 'shell');
  await mkdir(folder);
  await writeFile(join(folder, 'slipway'), recorder, { mode: 0o755 });
  const { command, files } = (shells[shell] as (folder: string) => ReturnType<(typeof shells)[string]>)(folder);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const env = { ...project.env, PATH: `${folder}:${project.env['PATH'] ?? ''}`, TERM: 'xterm', LANG: 'C.UTF-8' };
  const terminal = spawn('script', ['-qec', command, '/dev/null'], { cwd: project.path, env });
  const screen = shown(terminal.stdout);
  try {
    await screen.until('READY$');
    terminal.stdin.write(`${typed}\t\n`);
    await screen.until('FINISHED');
  } finally {
    terminal.kill('SIGKILL');
  }
  expect(existsSync(join(project.path, 'PWNED'))).toBe(false);
  return (await readFile(join(project.path, 'ran'), 'utf8')).trimEnd().split('\n');
}

function shown(stream: NodeJS.ReadableStream) {
  let text = '';
  let changed = () => {};
  stream.setEncoding('utf8').on('data', (more: string) => {
    text += more;
    changed();
  });
  return {
    async until(wanted: string): Promise<void> {
      while (!text.includes(wanted)) await new Promise<void>((resolve) => (changed = resolve));
    },
  };
}

describe.for(Object.keys(shells))('in %s', (shell) => {
  const test = it.skipIf(!isThere(shell) || !isThere('script'));

  test.for<readonly [typed: string, words: readonly string[]]>([
    ['slipway run --stage re', ['run', '--stage', stages[0] as string]],
    ['slipway run --stage=re', ['run', `--stage=${stages[0] as string}`]],
    ['slipway run --stage "re', ['run', '--stage', stages[0] as string]],
    ["slipway run -s 'bui", ['run', '-s', 'build it']],
    ['slipway run --stage="bui', ['run', '--stage=build it']],
    ['slipway run --stage "quo', ['run', '--stage', stages[2] as string]],
    ['slipway run --stage back', ['run', '--stage', stages[3] as string]],
    ['slipway -C ../project run --stage release\\$\\(t', ['-C', '../project', 'run', '--stage', stages[0] as string]],
  ])('%s', { timeout: 120_000 }, async ([typed, words]) => {
    expect(await complete(shell, typed)).toEqual(words);
  });
});
