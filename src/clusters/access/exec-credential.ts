/**
 * Gets credentials from a program (kubernetes.io, "client-go credential plugins"). The program runs on this machine: it
 * may not exist where a step runs.
 */
import { runProgram } from '../../util/run-program.ts';
import { absolute, asFields, textAt, type Entry, type Fields } from './kubeconfig.ts';

const versions = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];

export interface ExecRequest {
  /** The user whose `exec` it is. */
  readonly user: Entry;
  /** The cluster, with its files embedded. */
  readonly cluster: Fields;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The process to spawn, or a sentence that says why there is none. */
export interface ExecCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export function execCommand({ user, cluster, env }: ExecRequest): ExecCommand | string {
  const exec = asFields(user.fields['exec']);
  const command = textAt(exec, 'command');
  const apiVersion = textAt(exec, 'apiVersion') ?? '';
  if (command === undefined) return "the user's `exec` names no command";
  if (!versions.includes(apiVersion))
    return `the user's \`exec\` requires "${apiVersion}"; supported: ${versions.join(' and ')}`;
  if (exec['interactiveMode'] === 'Always')
    return `the user's \`exec\` program ${command} needs a terminal: log in first, or use another user`;
  const info = {
    apiVersion,
    kind: 'ExecCredential',
    spec: { interactive: false, ...(exec['provideClusterInfo'] === true && { cluster: clusterInfo(cluster) }) },
  };
  const own = listOf(exec['env'])
    .map(asFields)
    .flatMap((each) => [[textAt(each, 'name') ?? '', typeof each['value'] === 'string' ? each['value'] : ''] as const]);
  return {
    // Only a path with a slash is relative to the kubeconfig's folder. A bare name is searched in PATH.
    command: command.includes('/') ? absolute(command, user.file) : command,
    args: listOf(exec['args']).map(String),
    env: {
      ...defined(env),
      ...Object.fromEntries(own.filter(([name]) => name !== '')),
      KUBERNETES_EXEC_INFO: JSON.stringify(info),
    },
  };
}

function clusterInfo(cluster: Fields): Fields {
  const extensions = listOf(cluster['extensions']).map(asFields);
  const config: unknown = extensions.find((each) => each['name'] === 'client.authentication.k8s.io/exec')?.[
    'extension'
  ];
  const known = [
    'server',
    'tls-server-name',
    'insecure-skip-tls-verify',
    'certificate-authority-data',
    'proxy-url',
    'disable-compression',
  ];
  return {
    ...Object.fromEntries(known.filter((key) => cluster[key] !== undefined).map((key) => [key, cluster[key]])),
    ...(config !== undefined && { config }),
  };
}

/** The credentials that a program returned. */
export interface ExecCredential {
  /** The fields of a user. */
  readonly fields: Fields;
  /** Milliseconds since 1970. Absent: valid until the cluster rejects them. */
  readonly expiresAt?: number;
}

/** Parses the program's output. Returns a sentence if it has no credentials. */
export function credentialOf(answer: string): ExecCredential | string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(answer);
  } catch {
    return 'the output is not JSON';
  }
  const status = asFields(asFields(parsed)['status']);
  const token = textAt(status, 'token');
  const certificate = textAt(status, 'clientCertificateData');
  const key = textAt(status, 'clientKeyData');
  if (token === undefined && (certificate === undefined || key === undefined))
    return 'the output has neither a token nor a certificate with its key';
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const fields = {
    ...(token !== undefined && { token }),
    ...(certificate !== undefined &&
      key !== undefined && { 'client-certificate-data': base64(certificate), 'client-key-data': base64(key) }),
  };
  const expiresAt = Date.parse(textAt(status, 'expirationTimestamp') ?? '');
  return { fields, ...(!Number.isNaN(expiresAt) && { expiresAt }) };
}

/** Runs the program and returns its credentials, or a sentence that says why there are none. */
export async function askForCredential(request: ExecRequest, signal: AbortSignal): Promise<ExecCredential | string> {
  const wanted = execCommand(request);
  if (typeof wanted === 'string') return wanted;
  const hint = textAt(asFields(request.user.fields['exec']), 'installHint');
  const answer = await answerOf(wanted, signal);
  if (typeof answer === 'string') return `${wanted.command}: ${answer}${hint === undefined ? '' : `\n${hint}`}`;
  const credential = credentialOf(answer.stdout);
  return typeof credential === 'string' ? `${wanted.command}: ${credential}` : credential;
}

/** A program that waits for a missing user must not block the run for ever. */
const answerMs = 60_000;

async function answerOf(
  { command, args, env }: ExecCommand,
  signal: AbortSignal,
): Promise<{ readonly stdout: string } | string> {
  try {
    const { code, stdout, stderr } = await runProgram({
      argv: [command, ...args],
      env,
      input: '',
      signal,
      timeoutMs: answerMs,
    });
    if (code === 0) return { stdout: stdout.toString() };
    const said = stderr.toString().trim().split('\n').at(-1) ?? '';
    return `exited with ${code ?? 'a signal'}${said === '' ? '' : `: ${said}`}`;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? 'program not found' : message;
  }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function defined(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
