/** Creates and names images on a real engine through its API. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { promisify } from 'node:util';
import { header, tarOf } from './tar-bytes.ts';

const run = promisify(execFile);

/** Tags an existing image with another name, such as the public one of an example. */
export async function nameImage(socket: string, from: string, to: string): Promise<void> {
  const [, repository = to, tag = 'latest'] = /^(.*):([^:/]+)$/.exec(to) ?? [];
  await callEngine(socket, 'POST', `/images/${from}/tag?repo=${encodeURIComponent(repository)}&tag=${tag}`, [201]);
}

/** An image of this machine's programs and the libraries that they load. Disposal removes it. */
export async function imageOfPrograms(
  socket: string,
  reference: string,
  programs: Readonly<Record<string, string>>,
): Promise<AsyncDisposable> {
  const files = new Map(Object.entries(programs));
  for (const program of Object.values(programs))
    for (const library of await librariesOf(program)) files.set(library, library);
  const entries = await Promise.all(
    [...files].map(async ([to, from]) => {
      const body = await readFile(from);
      return { header: header(to.slice(1), { mode: 0o755, size: body.length }), body };
    }),
  );
  const [, repository = '', tag = ''] = /^(.*):([^:]+)$/.exec(reference) ?? [];
  await callEngine(
    socket,
    'POST',
    `/images/create?fromSrc=-&repo=${encodeURIComponent(repository)}&tag=${tag}`,
    [200],
    await tarOf(...entries),
  );
  return { [Symbol.asyncDispose]: async () => await removeImage(socket, reference) };
}

/** An image whose commands run as this user, who may be in its `/etc/passwd`. Disposal removes it. */
export async function imageOfUser(
  socket: string,
  reference: string,
  { from, user, passwd = '' }: { from: string; user: string; passwd?: string },
): Promise<AsyncDisposable> {
  const files = { Dockerfile: `FROM ${from}\nCOPY passwd /etc/passwd\nUSER ${user}\n`, passwd };
  const context = await tarOf(
    ...Object.entries(files).map(([name, text]) => ({
      header: header(name, { mode: 0o644, size: text.length }),
      body: Buffer.from(text),
    })),
  );
  await callEngine(socket, 'POST', `/build?t=${encodeURIComponent(reference)}&pull=false`, [200], context);
  return { [Symbol.asyncDispose]: async () => await removeImage(socket, reference) };
}

/** Does nothing if the image is missing. */
export async function removeImage(socket: string, reference: string): Promise<void> {
  await callEngine(socket, 'DELETE', `/images/${reference}?force=1`, [200, 404]);
}

/** Returns absolute paths as the dynamic linker finds them. A static program has none. */
export async function librariesOf(program: string): Promise<readonly string[]> {
  const { stdout } = await run('ldd', [program]).catch(() => ({ stdout: '' }));
  return [...stdout.matchAll(/(?:=> |^\s+)(\/\S+) \(0x/gm)].map((match) => match[1] ?? '');
}

/** Sends a direct request to the engine. Returns the response, and throws unless its status is one of these. */
export async function callEngine(
  socketPath: string,
  method: string,
  path: string,
  wanted: readonly number[],
  body?: Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Promise<string> {
  return await new Promise<string>((resolve, reject) => {
    const asked = request(
      {
        socketPath,
        method,
        path,
        headers: {
          host: 'engine',
          ...headers,
          ...(body && { 'content-type': 'application/x-tar', 'content-length': body.length }),
        },
      },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.once('error', reject);
        response.once('end', () => {
          const text = Buffer.concat(parts).toString();
          if (wanted.includes(response.statusCode ?? 0)) resolve(text);
          else reject(new Error(`${method} ${path}: ${response.statusCode} ${text}`));
        });
      },
    );
    asked.once('error', reject);
    asked.end(body);
  });
}
