import { posix } from 'node:path';
import { writeTar, type TarInput } from '../../tar/tar-writer.ts';
import type { Labels } from '../container-io.ts';
import type { ImageConfig } from '../opened-image.ts';
import { fakeInstructions, type FakeFiles } from './fake-dockerfile.ts';

/** Returns the configuration of an image from the texts of its instructions. */
export function fakeImageConfig(history: readonly string[], labels: Labels): ImageConfig {
  const values = (wanted: string) =>
    fakeInstructions(history.join('\n')).flatMap(({ name, rest }) => (name === wanted ? [rest] : []));
  const list = (name: string) => JSON.parse(values(name).at(-1) ?? '[]') as readonly string[];
  const pairs = values('LABEL').map((text) => text.split('=') as [string, string]);
  return {
    env: values('ENV'),
    entrypoint: list('ENTRYPOINT'),
    cmd: list('CMD'),
    labels: { ...Object.fromEntries(pairs), ...labels },
    exposedPorts: values('EXPOSE').map((port) => (port.includes('/') ? port : `${port}/tcp`)),
    volumes: values('VOLUME'),
    workdir: values('WORKDIR').at(-1) ?? '',
    user: values('USER').at(-1) ?? '',
  };
}

/** Returns a tar of a path in files; `undefined` if there is no such path. */
export function fakeCopyOut(files: FakeFiles, path: string): AsyncIterable<Uint8Array> | undefined {
  const root = posix.join('/', path).replace(/(.)\/$/, '$1');
  const name = posix.basename(root) || '/';
  const content = files.get(root);
  if (content !== undefined) return writeTar([fileOf(name, content)]);
  const below = root === '/' ? '/' : `${root}/`;
  const inside = [...files].filter(([file]) => file.startsWith(below));
  if (inside.length === 0 && root !== '/') return undefined;
  return writeTar([
    { header: { ...common(name), type: 'directory', mode: 0o755, size: 0 } },
    ...inside.map(([file, text]) => fileOf(`${name}/${file.slice(below.length)}`, text)),
  ]);
}

function fileOf(name: string, content: string): TarInput {
  const body = Buffer.from(content);
  return { header: { ...common(name), type: 'file', mode: 0o644, size: body.length }, body };
}

const common = (name: string) => ({ name: Buffer.from(name), uid: 0, gid: 0, mtimeMs: 0 });
