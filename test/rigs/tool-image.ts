import { existsSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { delimiter, join } from 'node:path';
import { bytesOf, fileEntry } from './tar-bytes.ts';
import { writeTar } from '../../src/tar/tar-writer.ts';

/** Returns the path of a program on the PATH of the tests, or `undefined`. */
export function onPath(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/**
 * An image with one statically linked program of this machine in `/bin`. Disposal removes it.
 * @param socket the path of the engine's API socket
 * @param base `scratch`: nothing else, not even a shell
 */
export async function toolImage(
  socket: string,
  program: string,
  base: string,
): Promise<{ readonly name: string } & AsyncDisposable> {
  const tool = program.split('/').at(-1) ?? '';
  const name = `localhost/slipway-test-tools/${tool}-${process.pid}:1`;
  const body = readFileSync(program);
  const context = await bytesOf(
    writeTar([
      fileEntry('Dockerfile', `FROM ${base}\nCOPY ${tool} /bin/${tool}\n`),
      { ...fileEntry(tool, '', { mode: 0o755, size: body.length }), body },
    ]),
  );
  const answer = await ask(socket, 'POST', `/build?t=${encodeURIComponent(name)}&version=1`, context);
  if (!/Successfully (?:built|tagged)/.test(answer)) throw new Error(`the image of ${tool} was not built: ${answer}`);
  return { name, [Symbol.asyncDispose]: async () => void (await ask(socket, 'DELETE', `/images/${name}?force=1`)) };
}

async function ask(socketPath: string, method: string, path: string, body?: Buffer): Promise<string> {
  return await new Promise((resolve, reject) => {
    const headers = {
      host: 'engine',
      ...(body && { 'content-type': 'application/x-tar', 'content-length': body.length }),
    };
    const asked = request({ socketPath, method, path, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.once('error', reject);
      response.once('end', () => resolve(Buffer.concat(parts).toString()));
    });
    asked.once('error', reject);
    asked.end(body);
  });
}
