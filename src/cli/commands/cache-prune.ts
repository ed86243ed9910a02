import fs from 'node:fs';
import type { PrunedCache, PrunedSharedCache, PruneReason } from '../../model/cached-image.ts';
import { visible } from '../../util/visible.ts';
import { formatBytes } from '../../words/bytes.ts';
import { count, parseDuration } from '../../words/quantity.ts';
import { exitCodes } from '../host.ts';
import type { Invocation } from '../invocation.ts';
import { UsageError } from '../usage-error.ts';

export interface CachePruneFlags {
  readonly olderThan?: number;
  readonly all?: boolean;
  readonly dryRun?: boolean;
  readonly cacheDir?: string;
  readonly maxSize?: number;
}

const standardAge = '30d';

/** `slipway cache prune`. */
export async function prune(invocation: Invocation, flags: CachePruneFlags): Promise<number> {
  const services = await invocation.services();
  const dryRun = flags.dryRun === true;
  const pruning = {
    ...{ dryRun, now: invocation.host.clock.now(), all: flags.all === true },
    olderThanMs: flags.olderThan ?? parseDuration(standardAge) ?? 0,
  };
  if (flags.cacheDir !== undefined) {
    const shared = await services.pruneSharedCache({
      ...{ ...pruning, directory: existingFolder(invocation.path(flags.cacheDir)) },
      ...(flags.maxSize !== undefined && { mostBytes: flags.maxSize }),
    });
    if (invocation.json) await invocation.printJson({ dryRun, ...shared });
    else await invocation.print(sharedLines(shared, dryRun ? 'would remove' : 'removed'));
    return exitCodes.succeeded;
  }
  if (flags.maxSize !== undefined) throw new UsageError('--max-size limits a shared cache: name it with --cache-dir');
  const pruned = await services.pruneCache(pruning);
  if (invocation.json)
    await invocation.printJson({
      dryRun,
      ...pruned,
      removed: pruned.removed.map(({ builtAt, ...image }) => ({ ...image, builtAt: new Date(builtAt).toISOString() })),
    });
  else await invocation.print(lines(pruned, dryRun ? 'would remove' : 'removed'));
  return exitCodes.succeeded;
}

const reasons: Readonly<Record<PruneReason, string>> = {
  all: '',
  old: '   it is old',
  'folder-gone': '   the folder does not exist',
};

function lines({ removed, kept, indexes }: PrunedCache, verb: string): readonly string[] {
  return [
    ...removed.map(
      ({ reference, because, context }) => `${verb} ${visible(reference)} of ${visible(context)}${reasons[because]}`,
    ),
    `${verb} ${entries(removed.length)}; ${entries(kept)} kept`,
    ...(indexes.removed > 0
      ? [`${verb} ${count(indexes.removed, 'file')} with hashes of sources, ${formatBytes(indexes.bytes)}`]
      : []),
  ];
}

/** Removing nothing from a folder that is misspelled would look like success. */
function existingFolder(path: string): string {
  const found = fs.statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) return path;
  throw new UsageError(`--cache-dir ${path}: ${found ? 'it is not a folder' : 'the folder does not exist'}`);
}

const sharedReasons: Readonly<Record<PrunedSharedCache['removed'][number]['because'], string>> = {
  all: '',
  old: '   it is old',
  size: '   newer entries take all of --max-size',
};

function sharedLines({ removed, kept, bytes }: PrunedSharedCache, verb: string): readonly string[] {
  return [
    ...removed.map(({ reference, file, because }) => `${verb} ${visible(reference ?? file)}${sharedReasons[because]}`),
    `${verb} ${entries(removed.length)}, ${formatBytes(bytes)}; ${entries(kept)} kept`,
  ];
}

function entries(of: number): string {
  return of === 1 ? '1 entry' : `${of} entries`;
}
