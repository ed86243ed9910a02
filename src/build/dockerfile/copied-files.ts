import { posix } from 'node:path';
import type { ContextCopy, ContextSource, DockerBuild, NeededStage } from './docker-build.ts';
import { ignoreRules } from './dockerignore.ts';
import { sourcePattern } from './source-pattern.ts';

/** A file of the context at its place in an image. */
export interface CopiedFile {
  /** Relative to the context. */
  readonly path: string;
  /** Absolute. Of an archive that is extracted: the folder that it is extracted to. */
  readonly destination: string;
  readonly copy: ContextCopy;
}

export interface CopiedFilesRequest {
  /** The files and links of the context, without ignored ones. */
  readonly paths: readonly string[];
  /** Reports whether a folder exists in the base image. Default: only the root does. */
  readonly isFolder?: (path: string) => boolean;
  /** Reports whether a file is an archive, which `ADD` extracts. */
  readonly isArchive?: (path: string) => boolean;
}

/**
 * Returns where the target of a build has files of the context, by destination. A later copy to the same place wins.
 * Copies between stages are not followed.
 */
export function copiedFiles(build: DockerBuild, request: CopiedFilesRequest): ReadonlyMap<string, CopiedFile> {
  const files = new Map<string, CopiedFile>();
  const folders = new Set<string>(['/']);
  for (const { copies, folders: made } of stageChain(build)) {
    for (const folder of made) addFolders(folders, folder);
    for (const copy of copies) {
      for (const source of copy.sources) {
        for (const { path, destination } of copiedBy(copy, source, request, folders)) {
          files.set(destination, { path, destination, copy });
          addFolders(folders, posix.dirname(destination));
        }
      }
    }
  }
  return files;
}

/** Returns the target and the stages that it starts from, the first one first. */
function stageChain({ stages }: DockerBuild): readonly NeededStage[] {
  const chain: NeededStage[] = [];
  let stage = stages.at(-1);
  while (stage !== undefined) {
    chain.unshift(stage);
    const { base } = stage;
    stage = base.kind === 'stage' ? stages.find((other) => other.stage.index === base.index) : undefined;
  }
  return chain;
}

function addFolders(folders: Set<string>, folder: string): void {
  for (let path = folder; !folders.has(path); path = posix.dirname(path)) folders.add(path);
}

function copiedBy(
  { destination, excludes, extracts }: ContextCopy,
  source: ContextSource,
  { paths, isFolder = () => false, isArchive = () => false }: CopiedFilesRequest,
  folders: ReadonlySet<string>,
): readonly { readonly path: string; readonly destination: string }[] {
  const { matchLength } = sourcePattern(source);
  const kept = source.parents === undefined ? undefined : ignoreRules([source.parents]);
  const excluded = ignoreRules(excludes);
  const folder = destination.length > 1 && destination.endsWith('/') ? destination.slice(0, -1) : destination;
  return paths.flatMap((path) => {
    const length = matchLength(path);
    if (length === undefined) return [];
    if (length < path.length) {
      const below = length === 0 ? path : path.slice(length + 1);
      const isCopied = (kept === undefined || kept.ignores(below)) && !excluded.ignores(below);
      return isCopied ? [{ path, destination: posix.join(folder, below) }] : [];
    }
    if (kept !== undefined) return [];
    if (extracts && isArchive(path)) return [{ path, destination: folder }];
    const intoFolder = destination.endsWith('/') || folders.has(folder) || isFolder(folder);
    return [{ path, destination: intoFolder ? posix.join(folder, posix.basename(path)) : folder }];
  });
}
