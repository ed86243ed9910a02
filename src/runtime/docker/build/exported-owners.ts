import { posix } from 'node:path';
import { readTar } from '../../../tar/tar-reader.ts';
import type { FileOwner } from '../../../model/tree.ts';
import type { EngineSession } from '../api/engine-session.ts';

/** Returns the owner of an absolute path; `undefined` if there is no such path. A link at the path is not followed. */
export type FindOwner = (path: string) => FileOwner | undefined;

/** As many links as Linux follows. */
const mostLinks = 40;

/**
 * Reads the owners of all files of a container. Podman's archives of single paths do not have them: each file belongs to the
 * container's user there.
 */
export async function exportedOwners(
  { engine }: EngineSession,
  container: string,
  signal: AbortSignal,
): Promise<FindOwner> {
  const owners = new Map<string, FileOwner>();
  const links = new Map<string, string>();
  const tar = await engine.open('GET', `/containers/${container}/export`, { signal, deadlineMs: 'never' });
  for await (const { header } of readTar(tar)) {
    const path = posix.join('/', header.name.toString());
    owners.set(path, { uid: header.uid, gid: header.gid });
    if (header.type === 'symlink') links.set(path, header.linkName?.toString() ?? '');
  }
  return (path) => owners.get(withoutLinks(path, links));
}

/** Returns the path with each link in its folders replaced by its target. */
function withoutLinks(path: string, links: ReadonlyMap<string, string>): string {
  let waiting = path.split('/').filter((part) => part !== '');
  let done = '/';
  for (let followed = 0; waiting.length > 0;) {
    const [part = '', ...rest] = waiting;
    const next = posix.join(done, part);
    const target = rest.length > 0 && followed < mostLinks ? links.get(next) : undefined;
    if (target === undefined) [done, waiting] = [next, rest];
    else {
      followed++;
      waiting = [...target.split('/').filter((each) => each !== ''), ...rest];
      if (target.startsWith('/')) done = '/';
    }
  }
  return done;
}
