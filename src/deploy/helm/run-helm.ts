import { refusedInDeploy } from '../refused-in-deploy.ts';
import { captureCommand } from '../../commands/capture-command.ts';
import { runCommand, type StepCommand } from '../../commands/run-command.ts';
import { failed, succeeded, type Failure, type Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import type { HelmMajor } from './helm-arguments.ts';

/** How `helm` is called. */
export interface HelmProgram {
  /** The program. Default: `helm`. */
  readonly helm?: string;
  /** The folder that the files of a release are relative to. Absolute. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface HelmEnd {
  /** With stdout. Empty if it was forwarded. */
  readonly outcome: Outcome<string>;
  /** The last 64 KiB. */
  readonly stderr: string;
}

export interface HelmOutput {
  /** Whether stdout is for people. Otherwise it is only returned. */
  readonly shown?: boolean;
  /** Whether stderr is only returned, for a question whose answer may be no. */
  readonly quiet?: boolean;
}

/** A failed command reports its last message. Older ones are in the output. */
const keptBytes = 64 * 1024;
const installPage = 'https://helm.sh/docs/intro/install/';

/** Runs `helm`. Its stderr is output, and never parsed as a manifest. Failures: as `captureCommand`. */
export async function runHelm(
  program: HelmProgram,
  args: readonly string[],
  work: Work,
  { shown = false, quiet = false }: HelmOutput = {},
): Promise<HelmEnd> {
  let stderr = Buffer.alloc(0);
  const output: Work['output'] = {
    write(stream, bytes, cursor) {
      if (stream === 'stderr') stderr = Buffer.concat([stderr, bytes]).subarray(-keptBytes);
      return quiet && stream === 'stderr' ? undefined : work.output.write(stream, bytes, cursor);
    },
    lost: (...lost) => work.output.lost(...lost),
    observe: (fact) => work.output.observe(fact),
  };
  const command: StepCommand = {
    argv: [program.helm ?? 'helm', ...args],
    cwd: program.folder,
    env: program.env,
    install: installPage,
  };
  const outcome = shown
    ? withoutText(await runCommand(command, { ...work, output }))
    : await captureCommand(command, { ...work, output });
  return { outcome, stderr: stderr.toString() };
}

function withoutText(outcome: Outcome): Outcome<string> {
  return outcome.status === 'succeeded' ? succeeded('') : outcome;
}

/** Returns the outcome of a command with its stdout. @param command for display: `helm upgrade web` */
export function helmOutcome({ outcome, stderr }: HelmEnd, command: string): Outcome<string> {
  return outcome.status === 'failed' ? failed(helmFailure(outcome.failure, stderr, command)) : outcome;
}

/** Says why a command of Helm failed. Helm has one exit code for all failures, so its message decides. */
export function helmFailure(failure: Failure, stderr: string, command: string): Failure {
  if (failure.code !== 'exit-nonzero') return failure;
  const message = lastError(stderr);
  if (/ is forbidden: User "/.test(message)) return { code: 'forbidden', detail: refusedInDeploy(message) ?? message };
  if (/Kubernetes cluster unreachable/i.test(message)) return { code: 'runtime-lost', detail: message, by: 'cluster' };
  return { ...failure, command };
}

/** Returns Helm's last message without its prefix. It may have several lines. */
export function lastError(stderr: string): string {
  const at = stderr.lastIndexOf('Error: ');
  return (at < 0 ? stderr : stderr.slice(at + 'Error: '.length)).trim();
}

/** Returns the major version of the program. Failures: `start-failed`, `exit-nonzero`, `unsupported`. */
export async function helmMajor(program: HelmProgram, work: Work): Promise<Outcome<HelmMajor>> {
  const end = await runHelm(program, ['version', '--template', '{{.Version}}'], work);
  const version = helmOutcome(end, 'helm version');
  return version.status === 'succeeded' ? supportedMajor(version.value) : version;
}

/** The first version of Helm 3 whose dry runs ask the cluster. */
const oldest = [3, 13] as const;

/** Returns the major version of what `helm version` printed. */
export function supportedMajor(version: string): Outcome<HelmMajor> {
  const [, major = 0, minor = 0] = (/^v?(\d+)\.(\d+)/.exec(version.trim()) ?? []).map(Number);
  if (major === 4) return succeeded(4);
  if (major === oldest[0] && minor >= oldest[1]) return succeeded(3);
  const found = version.trim() === '' ? 'a helm that does not print its version' : `helm ${version.trim()}`;
  const detail = `${found} is not supported: install Helm ${oldest.join('.')} or newer, or Helm 4: ${installPage}`;
  return failed({ code: 'unsupported', detail });
}
