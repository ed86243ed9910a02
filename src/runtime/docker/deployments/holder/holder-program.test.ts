import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { holderCode } from './holder-code.ts';
import { executable, holderProgram } from './holder-program.ts';

const hasAssembler = ((): boolean => {
  try {
    execFileSync('llvm-mc', ['--version']);
    return true;
  } catch {
    return false;
  }
})();
const own = { x64: 'amd64', arm64: 'arm64' }[process.arch as 'x64' | 'arm64'] as 'amd64' | 'arm64' | undefined;

it.skipIf(!hasAssembler).each(['amd64', 'arm64'] as const)('is what the source says: %s', (architecture) => {
  const script = fileURLToPath(new URL('../../../../../scripts/make-holder-programs.mjs', import.meta.url));
  const assembled = execFileSync(process.execPath, [script, architecture], { encoding: 'utf8' });
  expect(assembled.trim()).toBe(holderCode[architecture]);
});

it('exists for two architectures', () => {
  expect(holderProgram('amd64')?.path).toBe(holderProgram('arm64')?.path);
  expect(holderProgram('s390x')).toBeUndefined();
});

describe.skipIf(process.platform !== 'linux' || own === undefined)('the program', () => {
  it('forwards in both directions, at once for many, and lets each side end its output alone', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'holder-'));
    const file = join(folder, 'program');
    await writeFile(file, executable(own ?? 'amd64'));
    await chmod(file, 0o755);
    // Returns everything after the end of its input, so it needs the half-closed connection.
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      const parts: Buffer[] = [];
      socket.on('data', (part) => parts.push(part)).on('end', () => socket.end(Buffer.concat(parts)));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const target = (server.address() as AddressInfo).port;
    const listen = await freePort();
    const program = spawn(file, [String(listen), String(target), '1'], { stdio: 'ignore', detached: true });
    try {
      const texts = Array.from({ length: 20 }, (_, i) => Buffer.alloc(300_000 + i, 97 + i));
      const answers = await Promise.all(texts.map(async (text) => await exchanged(listen, text)));
      expect(answers.map((each, i) => each.equals(texts[i] ?? Buffer.alloc(0)))).toEqual(texts.map(() => true));
      expect(program.exitCode).toBe(null);
    } finally {
      process.kill(-(program.pid ?? 0), 'SIGKILL');
      server.close();
      await rm(folder, { recursive: true });
    }
  });
});

async function exchanged(port: number, text: Buffer): Promise<Buffer> {
  for (;;)
    try {
      const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
      await once(socket, 'connect');
      socket.end(text);
      const parts: Buffer[] = [];
      for await (const part of socket) parts.push(part as Buffer);
      return Buffer.concat(parts);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') throw error;
      await sleep(20);
    }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
