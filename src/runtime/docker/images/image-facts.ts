import type { FileOwner } from '../../../model/tree.ts';
import { readTar } from '../../../tar/tar-reader.ts';
import { containerUser, needsImageFiles } from './container-user.ts';
import { hasStatus } from '../api/engine-error.ts';
import type { EngineSession } from '../api/engine-session.ts';
import { foldersAbove } from './volume-plan.ts';

/** The fields of a response to `/images/NAME/json` that are used. */
export interface InspectedImage {
  /** `REPOSITORY@DIGEST`, for each repository that it was pushed to or pulled from. */
  readonly RepoDigests?: readonly string[];
  readonly Id: string;
  readonly Config: {
    readonly User?: string;
    readonly WorkingDir?: string;
    readonly Env?: readonly string[] | null;
    readonly OnBuild?: readonly string[] | null;
    readonly Entrypoint?: readonly string[] | null;
    readonly Cmd?: readonly string[] | null;
    readonly Labels?: Readonly<Record<string, string>> | null;
    readonly ExposedPorts?: Readonly<Record<string, unknown>> | null;
    readonly Volumes?: Readonly<Record<string, unknown>> | null;
  } | null;
  readonly Os?: string;
  readonly Architecture?: string;
}

/** Returns `undefined` if the engine does not have the image. */
export async function inspectImage(
  session: EngineSession,
  image: string,
  signal?: AbortSignal,
): Promise<InspectedImage | undefined> {
  try {
    return await session.engine.json<InspectedImage>('GET', `/images/${image}/json`, {
      ...(signal && { signal }),
    });
  } catch (error) {
    if (hasStatus(error, 404)) return undefined;
    throw error;
  }
}

/**
 * Returns the numeric owner for the files of a container: its image's user.
 * @param container a container of the image, to read its user names from
 */
export async function ownerOf(session: EngineSession, image: InspectedImage, container: string): Promise<FileOwner> {
  const user = image.Config?.User ?? '';
  // Unknown users map to root. The engine refuses to start with such a user anyway.
  return await remembered(session.owners, `${image.Id} ${user}`, async () => {
    if (!needsImageFiles(user)) return containerUser(user, undefined, undefined) ?? { uid: 0, gid: 0 };
    const [passwd, group] = await Promise.all([
      readFile(session, container, '/etc/passwd'),
      readFile(session, container, '/etc/group'),
    ]);
    return containerUser(user, passwd, group) ?? { uid: 0, gid: 0 };
  });
}

/**
 * Returns the missing folders above these mounts, outermost first. The archive must contain them: Docker creates
 * missing ones readable only by root. It must not contain existing ones, or their modes would change.
 */
export async function missingFolders(
  session: EngineSession,
  image: InspectedImage,
  container: string,
  mounts: readonly string[],
): Promise<readonly string[]> {
  const folders = [...new Set(mounts.flatMap(foldersAbove))].filter((folder) => !mounts.includes(folder));
  const there = await Promise.all(
    folders.map(
      async (folder) =>
        await remembered(
          session.folders,
          `${image.Id} ${folder}`,
          async () => await isThere(session, container, folder),
        ),
    ),
  );
  return folders.filter((_, i) => !there[i]);
}

async function isThere(session: EngineSession, container: string, path: string): Promise<boolean> {
  // `/mnt` exists in nearly every image, and checking costs as much as the archive itself.
  if (path === '/mnt') return false;
  try {
    (await session.engine.open('HEAD', `/containers/${container}/archive`, { query: { path } })).resume();
    return true;
  } catch (error) {
    if (hasStatus(error, 404)) return false;
    throw error;
  }
}

async function readFile(session: EngineSession, container: string, path: string): Promise<string | undefined> {
  try {
    const answer = await session.engine.open('GET', `/containers/${container}/archive`, { query: { path } });
    for await (const entry of readTar(answer)) {
      const parts: Uint8Array[] = [];
      for await (const part of entry.body) parts.push(Buffer.from(part));
      if (entry.header.type === 'file') return Buffer.concat(parts).toString();
    }
    return undefined;
  } catch (error) {
    if (hasStatus(error, 404)) return undefined;
    throw error;
  }
}

/** Caches results, but not failures. */
async function remembered<T>(known: Map<string, Promise<T>>, key: string, find: () => Promise<T>): Promise<T> {
  const found = known.get(key) ?? find();
  known.set(key, found);
  try {
    return await found;
  } catch (error) {
    known.delete(key);
    throw error;
  }
}
