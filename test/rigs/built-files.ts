/** Builds Dockerfiles on a real engine, and lists the files of the image. */
import { request, type IncomingMessage } from 'node:http';
import { readTar } from '../../src/tar/tar-reader.ts';
import { callEngine, removeImage } from './engine-images.ts';
import { header, tarOf } from './tar-bytes.ts';

/** Reports whether an engine builds with BuildKit by default. */
export async function hasBuildKit(socketPath: string): Promise<boolean> {
  const response = await send(socketPath, 'GET', '/_ping');
  response.resume();
  return response.headers['builder-version'] === '2';
}


/**
 * Returns what the image of a Dockerfile has of the context. Every file of the context contains its path.
 * @param extra files with another content, such as archives
 * @returns the error of the engine if the build fails
 */
export async function builtFiles(
  socketPath: string,
  buildKit: boolean,
  dockerfile: string,
  paths: readonly string[],
  extra: ReadonlyMap<string, Uint8Array> = new Map(),
): Promise<ReadonlyMap<string, string> | { readonly error: string }> {
  const image = `localhost/slipway-test/dockerfile:${process.pid}-${Math.random().toString(36).slice(2)}`;
  const bodies = new Map<string, Uint8Array>([
    ...paths.map((path) => [path, Buffer.from(`context:${path}`)] as const),
    ...extra,
    ['.slipway.Dockerfile', Buffer.from(dockerfile)],
  ]);
  const context = await tarOf(
    ...[...bodies].map(([path, body]) => ({ header: header(path, { mode: 0o644, size: body.length }), body })),
  );
  const query = new URLSearchParams({
    t: image,
    dockerfile: '.slipway.Dockerfile',
    version: buildKit ? '2' : '1',
    forcerm: '1',
  });
  const log = await callEngine(socketPath, 'POST', `/build?${query.toString()}`, [200, 400, 500], context);
  const [, error] = /"(?:error|message)":"((?:[^"\\]|\\.)*)"/.exec(log) ?? [];
  if (error !== undefined) return { error };
  try {
    return await filesOf(socketPath, image);
  } finally {
    await removeImage(socketPath, image);
  }
}

async function filesOf(socketPath: string, image: string): Promise<ReadonlyMap<string, string>> {
  const created = await send(socketPath, 'POST', '/containers/create', { Image: image, Cmd: ['none'] });
  const parts: Buffer[] = [];
  for await (const part of created) parts.push(part as Buffer);
  const { Id: id } = JSON.parse(Buffer.concat(parts).toString()) as { readonly Id: string };
  try {
    const files = new Map<string, string>();
    for await (const { header: entry, body } of readTar(await send(socketPath, 'GET', `/containers/${id}/export`))) {
      const content: Uint8Array[] = [];
      for await (const part of body) if (entry.size < 10_000) content.push(Buffer.from(part));
      const text = Buffer.concat(content).toString();
      if (text.startsWith('context:')) files.set(`/${entry.name.toString()}`, text.slice('context:'.length));
    }
    return files;
  } finally {
    await callEngine(socketPath, 'DELETE', `/containers/${id}?force=1`, [204]);
  }
}

async function send(socketPath: string, method: string, path: string, body?: object): Promise<IncomingMessage> {
  return await new Promise((resolve, reject) => {
    const headers = { host: 'engine', ...(body && { 'content-type': 'application/json' }) };
    const asked = request({ socketPath, method, path, headers }, resolve);
    asked.once('error', reject);
    asked.end(body && JSON.stringify(body));
  });
}
