import { succeeded, type Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import { runCommand } from '../../commands/run-command.ts';
import type { HookPhase, HookSurroundings, HostHook } from './build-hooks.ts';
import { hookVariables } from './hook-variables.ts';

/**
 * Runs hooks one after the other, except those for other systems. Stops at the first that fails. Failures: `exit-nonzero` and
 * `start-failed`, with the hook.
 * @param variables besides those that every hook gets
 */
export async function runHooks(
  hooks: readonly HostHook[],
  phase: HookPhase,
  variables: Readonly<Record<string, string>>,
  around: HookSurroundings,
  work: Work,
): Promise<Outcome> {
  const env = { ...around.env, ...hookVariables(around), ...variables };
  for (const { command, os, dir } of hooks) {
    const name = `${phase} hook \`${command.join(' ')}\``;
    if (!runsOn(os, around.platform)) {
      work.output.observe({ type: 'noted', level: 'info', message: `${name} skipped: it is for ${os.join(', ')}` });
      continue;
    }
    const ended = await runCommand({ argv: command, cwd: dir ?? around.folder, env }, work);
    if (ended.status !== 'succeeded') return ended.status === 'failed' ? inHook(ended, name) : ended;
  }
  return succeeded(undefined);
}

/** Go, and so Skaffold, calls Windows `windows`. */
function runsOn(os: readonly string[], platform: string): boolean {
  return os.length === 0 || os.includes(platform === 'win32' ? 'windows' : platform);
}

type Failed = Extract<Outcome, { readonly status: 'failed' }>;

function inHook({ failure }: Failed, name: string): Outcome<never> {
  switch (failure.code) {
    case 'exit-nonzero':
      return { status: 'failed', failure: { ...failure, command: name } };
    case 'start-failed':
      return { status: 'failed', failure: { ...failure, detail: `${name}: ${failure.detail}` } };
    default:
      return { status: 'failed', failure };
  }
}
