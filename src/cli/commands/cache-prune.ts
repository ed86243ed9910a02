import type { PrunedCache, PruneReason } from '../../model/cached-image.ts';
import { visible } from '../../util/visible.ts';
import { formatBytes } from '../../words/bytes.ts';
import { count, parseDuration } from '../../words/quantity.ts';
import { exitCodes } from '../host.ts';
import type { Invocation } from '../invocation.ts';

export interface CachePruneFlags {
  readonly olderThan?: number;
  readonly all?: boolean;
  readonly dryRun?: boolean;
}

const standardAge = '30d';

/** `slipway cache prune`. */
export async function prune(invocation: Invocation, flags: CachePruneFlags): Promise<number> {
  const services = await invocation.services();
  const dryRun = flags.dryRun === true;
  const pruned = await services.pruneCache({
    ...{ dryRun, now: invocation.host.clock.now(), all: flags.all === true },
    olderThanMs: flags.olderThan ?? parseDuration(standardAge) ?? 0,
  });
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

function entries(of: number): string {
  return of === 1 ? '1 entry' : `${of} entries`;
}
