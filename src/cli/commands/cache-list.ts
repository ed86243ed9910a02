import { statSync } from 'node:fs';
import type { CachedImages } from '../../runs/build-cache.ts';
import { quoted, visible } from '../../util/visible.ts';
import { formatBytes } from '../../words/bytes.ts';
import { localTime, relativeTime } from '../../words/time.ts';
import { exitCodes } from '../host.ts';
import type { Invocation } from '../invocation.ts';
import { parseRuntimes } from '../run-flags.ts';
import { stopOnSignal } from '../stop-on-signal.ts';
import { tableLines } from '../text/table-lines.ts';
import { UsageError } from '../usage-error.ts';

export interface CacheListFlags {
  readonly on?: readonly string[];
}

type ListedImage = CachedImages['images'][number];

/** `slipway cache list`. */
export async function list(invocation: Invocation, path: string | undefined, flags: CacheListFlags): Promise<number> {
  const services = await invocation.services();
  const on = flags.on ?? parseRuntimes(invocation.host.env['SLIPWAY_ON'] || 'docker', 'SLIPWAY_ON');
  using stop = stopOnSignal(invocation.host);
  const found = await services.cachedImages({ on }, stop.signal);
  const folder = path === undefined ? undefined : invocation.path(path);
  const isWanted = (of: string) => folder === undefined || isWithin(of, folder);
  const images = found.images.filter(({ context }) => isWanted(context));
  const stepCaches = found.stepCaches.filter(({ project }) => isWanted(project));
  // A folder that was removed may have entries.
  if (folder !== undefined && images.length + stepCaches.length === 0) requireFolder(folder, path);
  if (invocation.json) {
    await invocation.printJson({
      artifacts: images.map(({ builtAt, onEngine = null, ...image }) => ({
        ...image,
        builtAt: new Date(builtAt).toISOString(),
        onEngine,
      })),
      stepCaches: stepCaches.map(({ usedAt, ...cache }) => ({ ...cache, usedAt: new Date(usedAt).toISOString() })),
    });
    return exitCodes.succeeded;
  }
  const now = invocation.host.clock.now();
  const age = (at: number) => (invocation.columns === undefined ? localTime(at) : relativeTime(at, now));
  const rows = images.map((image) => [
    visible(image.image),
    visible(image.reference),
    shortId(image),
    age(image.builtAt),
    whereIs(image),
    visible(image.context),
  ]);
  const stepRows = stepCaches.map(({ project, path: of, bytes, usedAt }) => [
    visible(of),
    formatBytes(bytes),
    age(usedAt),
    visible(project),
  ]);
  await invocation.print([
    ...section('artifacts of skaffold.yaml', rows),
    ...(rows.length > 0 && stepRows.length > 0 ? [''] : []),
    ...section('step caches of .wharf-ci.yml', stepRows),
  ]);
  if (found.unavailable !== undefined) await invocation.tell(found.unavailable);
  if (rows.length + stepRows.length === 0) await invocation.tell(nothing(found, folder));
  return exitCodes.succeeded;
}

function requireFolder(folder: string, written = folder): void {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found?.isDirectory() !== true)
    throw new UsageError(
      `cannot list entries of ${quoted(written)}: ${found === undefined ? 'the folder does not exist' : 'not a folder'}`,
    );
}

/** Says that nothing is listed. */
function nothing({ images, stepCaches }: CachedImages, folder: string | undefined): string {
  if (folder === undefined || images.length + stepCaches.length === 0) return 'the cache is empty';
  return `no entries of ${visible(folder)}`;
}

function section(title: string, rows: readonly (readonly string[])[]): readonly string[] {
  return rows.length === 0 ? [] : [title, ...tableLines(rows).map((line) => `  ${line}`)];
}

function whereIs({ onEngine, id }: ListedImage): string {
  if (id === undefined) return 'only in the registry';
  if (onEngine === undefined) return 'unknown';
  return onEngine ? 'on the engine' : 'gone';
}

const shortDigits = 12;

function shortId({ id, digest }: ListedImage): string {
  return (id ?? digest ?? '').replace('sha256:', '').slice(0, shortDigits);
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}
