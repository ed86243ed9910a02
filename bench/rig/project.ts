import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runCommand } from './command.ts';

/** A repository with its own home and state folder. */
export interface Project extends AsyncDisposable {
  readonly folder: string;
  /** An environment with `HOME` and `SLIPWAY_STATE` beside the repository. */
  readonly env: Readonly<Record<string, string>>;
  readonly state: string;
}

/**
 * Makes a repository.
 * @param files contents by path, to be committed
 */
export async function makeProject(files: Readonly<Record<string, string>>): Promise<Project> {
  const top = await mkdtemp(join(tmpdir(), 'slipway-bench-'));
  const folder = join(top, 'project');
  const env = {
    HOME: join(top, 'home'),
    SLIPWAY_STATE: join(top, 'state'),
    XDG_CACHE_HOME: join(top, 'cache'),
    GIT_CONFIG_NOSYSTEM: '1',
  };
  await mkdir(env.HOME);
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  const git = async (...args: string[]) => await runCommand(['git', '-C', folder, ...args], { env });
  await git('init', '-q', '-b', 'main');
  await git('add', '-A');
  await git('-c', 'user.name=bench', '-c', 'user.email=bench@localhost', 'commit', '-q', '-m', 'files');
  return {
    folder,
    env,
    state: env.SLIPWAY_STATE,
    [Symbol.asyncDispose]: async () => await rm(top, { recursive: true, force: true }),
  };
}

/** Returns a pipeline of one stage with equal steps. */
export function pipelineOf(steps: number, image: string, command = 'true'): string {
  const names = Array.from(
    { length: steps },
    (_, i) => `  step-${i + 1}:\n    container:\n      image: ${image}\n      cmds: ["${command}"]\n`,
  );
  return `stage:\n${names.join('')}`;
}

/** Returns the same as a workflow for act. */
export function workflowOf(jobs: number, command = 'true'): string {
  const all = Array.from(
    { length: jobs },
    (_, i) =>
      `  step-${i + 1}:\n    runs-on: ubuntu-latest\n    steps:\n      - run: "${command}"\n        shell: sh\n`,
  );
  return `on: push\njobs:\n${all.join('')}`;
}
