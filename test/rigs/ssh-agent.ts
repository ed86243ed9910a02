import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { agentFrame, agentMessages, type SshAgent } from '../../src/runtime/docker/build/ssh-agent.ts';
import { onPath } from './tool-image.ts';

const run = promisify(execFile);

/** Why no ssh-agent is available, or `undefined`. */
export const noSshAgent = ['ssh-agent', 'ssh-add', 'ssh-keygen'].every((program) => onPath(program) !== undefined)
  ? undefined
  : 'no ssh-agent (Debian: apt-get install openssh-client)';

export interface KeyPair {
  /** The content of the file of OpenSSH. */
  readonly privateKey: string;
  /** The type and the key, without a comment. */
  readonly publicKey: string;
}

/** Makes a key with ssh-keygen. The options are those that select the type. */
export async function makeKey(options: readonly string[] = ['-t', 'ed25519']): Promise<KeyPair> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-key-'));
  try {
    const file = join(folder, 'key');
    await run('ssh-keygen', ['-q', '-N', '', '-C', '', '-f', file, ...options]);
    const publicKey = (await readFile(`${file}.pub`, 'utf8')).trim();
    return { privateKey: await readFile(file, 'utf8'), publicKey };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A real ssh-agent with one key. */
export class SshAgentRig implements AsyncDisposable {
  readonly #folder: string;
  readonly #child: ChildProcess;

  private constructor(
    /** The path of its socket. */
    readonly socket: string,
    readonly key: KeyPair,
    folder: string,
    child: ChildProcess,
  ) {
    this.#folder = folder;
    this.#child = child;
  }

  static async start(): Promise<SshAgentRig> {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-agent-'));
    const socket = join(folder, 'socket');
    const child = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
    const key = await makeKey();
    const rig = new SshAgentRig(socket, key, folder, child);
    const add = async () => await sshAdd(socket, ['-q', '-'], key.privateKey);
    for (let added = await add(); added.code !== 0; added = await add())
      if (child.exitCode !== null) throw new Error(`ssh-agent ended with ${child.exitCode}`);
    return rig;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = new Promise<void>((resolve) => this.#child.once('close', () => resolve()));
    if (this.#child.exitCode === null && this.#child.kill('SIGKILL')) await ended;
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Runs ssh-add with an agent. */
export async function sshAdd(
  socket: string,
  args: readonly string[],
  input = '',
): Promise<{ readonly code: number; readonly output: string }> {
  return await new Promise((resolve, reject) => {
    const child = spawn('ssh-add', args, { env: { ...process.env, SSH_AUTH_SOCK: socket }, stdio: 'pipe' });
    const parts: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => parts.push(part));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? -1, output: Buffer.concat(parts).toString() }));
    child.stdin.on('error', () => undefined).end(input);
  });
}

/** Serves an agent on a socket, for programs of OpenSSH. */
export async function serveAgent(agent: SshAgent): Promise<AsyncDisposable & { readonly socket: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-agent-'));
  const socket = join(folder, 'socket');
  const server = createServer((connection) => {
    connection.on('error', () => undefined);
    void (async () => {
      for await (const message of agentMessages(connection)) connection.write(agentFrame(await agent.answer(message)));
    })().catch(() => connection.destroy());
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(socket, resolve));
  return {
    socket,
    async [Symbol.asyncDispose]() {
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
