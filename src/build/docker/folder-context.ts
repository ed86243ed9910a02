import { realpath, stat } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import { SourceText } from '../../diagnostics/source-text.ts';
import { failed, succeeded, type Outcome } from '../../model/outcome.ts';
import type { TarSource } from '../../model/tree.ts';
import { TarEncoder } from '../../tar/tar-encoder.ts';
import type { TarHeader } from '../../tar/tar-header.ts';
import { encodeItems, joined, listTree, type ListedKind, type PackItem } from '../../tar/tar-pack.ts';
import { readRegularFile, UnreadableFile } from '../../util/read-regular-file.ts';
import { noIgnoreRules, parseDockerignore, type IgnoreRules } from '../dockerfile/dockerignore.ts';

/** A build context on this machine. It is read anew each time it is sent. */
export interface FolderContext {
  /** The text of the Dockerfile. */
  readonly text: string;
  /** The path of the Dockerfile on this machine, as the build names it. */
  readonly file: string;
  /** The same without links. */
  readonly realFile: string;
  /** The folder without links. Absolute. */
  readonly folder: string;
  readonly rules: IgnoreRules;
  /** The name of the Dockerfile in the context that is sent. */
  readonly dockerfile: string;
  /** Whether the Dockerfile is a file of the folder, also after following links. */
  readonly isInside: boolean;
  readonly tree: TarSource;
}

export interface FolderContextRequest {
  /** Absolute. */
  readonly folder: string;
  /** Relative to the folder, or absolute. */
  readonly dockerfile: string;
}

/** Files of the context belong to root, as the `docker` command sends them. */
const root = { uid: 0, gid: 0 };

/** The name that a Dockerfile from outside of the folder gets. */
const outsideName = '.slipway-dockerfile';

const ignoreFile = '.dockerignore';

/**
 * Finds the Dockerfile and the ignore rules of a folder. `<Dockerfile>.dockerignore` wins over the folder's `.dockerignore`.
 * Failures: `file-missing`, `file-error` if one of them is not a file, and `build-failed` for invalid ignore rules.
 */
export async function folderContext(request: FolderContextRequest): Promise<Outcome<FolderContext>> {
  if (!(await isFolder(request.folder)))
    return failed({ code: 'file-missing', field: 'context', path: request.folder });
  try {
    return await contextOf(request);
  } catch (error) {
    if (error instanceof UnreadableFile) return failed({ code: 'file-error', detail: error.message });
    throw error;
  }
}

async function contextOf(request: FolderContextRequest): Promise<Outcome<FolderContext>> {
  const file = resolve(request.folder, request.dockerfile);
  const text = await readText(file);
  if (text === undefined) return failed({ code: 'file-missing', field: 'dockerfile', path: file });
  const rules = await rulesOf(file, request.folder);
  if (typeof rules === 'string') return failed({ code: 'build-failed', detail: rules });
  const [folder, realFile] = await Promise.all([realpath(request.folder), realpath(file)]);
  const within = relative(folder, realFile);
  const isInside = within.split(sep)[0] !== '..';
  const name = isInside ? within : outsideName;
  const tree = contextTree(folder, rules, { name, text });
  return succeeded({ text, file, realFile, folder, rules, dockerfile: name, isInside, tree });
}

function contextTree(
  folder: string,
  rules: IgnoreRules,
  dockerfile: { readonly name: string; readonly text: string },
): TarSource {
  return {
    async *open(_owner, signal) {
      const out = new TarEncoder();
      const base = Buffer.from(folder);
      const skip = (below: Buffer, kind: ListedKind) =>
        kind === 'folder' && rules.ignores(below.toString()) && !rules.mayKeepBelow(below.toString());
      const names = await listTree(base, signal, skip);
      // The Dockerfile is sent last, whatever the rules say.
      const sent = names.filter((below) => below.toString() !== dockerfile.name && !rules.ignores(below.toString()));
      const content = Buffer.from(dockerfile.text);
      const header: TarHeader = {
        ...{ name: Buffer.from(dockerfile.name), type: 'file', mode: 0o644, ...root },
        ...{ size: content.length, mtimeMs: 0 },
      };
      const items: PackItem[] = sent.map((below) => ({ name: below, path: joined(base, below) }));
      yield* encodeItems([...items, { header, content }], out, signal, { owner: root });
      out.finish();
      yield* out.take();
    },
  };
}

async function rulesOf(dockerfile: string, folder: string): Promise<IgnoreRules | string> {
  for (const path of [`${dockerfile}${ignoreFile}`, resolve(folder, ignoreFile)]) {
    const text = await readText(path);
    if (text === undefined) continue;
    const rules = parseDockerignore(text);
    return 'line' in rules ? `${path}, line ${rules.line}: ${rules.message}` : rules;
  }
  return noIgnoreRules;
}

/** Returns the text of an ignore file with its path, or `undefined` if there is none. */
export async function ignoreSource(path: string): Promise<SourceText | undefined> {
  const text = await readText(path);
  return text === undefined ? undefined : new SourceText(path, text);
}

async function isFolder(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** Returns `undefined` if the file is missing. */
async function readText(path: string): Promise<string | undefined> {
  try {
    return (await readRegularFile(path)).toString();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
