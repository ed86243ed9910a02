/**
 * Caches of steps between runs. The path of a cache is resolved in the current tree. Links in it are followed within
 * the workspace (docs/workspace.md, "Caches").
 */
import type { PlannedStep } from '../../model/plan.ts';
import type { TarSource } from '../../model/tree.ts';
import type { Workload } from '../../runtime/runtime.ts';
import { nameParts } from '../../tar/tar-name.ts';
import { readTar } from '../../tar/tar-reader.ts';
import { linksOf, movedTree } from '../../workspace/tree/merged-tree.ts';
import { resolvePath, type ResolvedPath } from '../../workspace/tree/resolve-path.ts';
import type { CacheStore } from '../../workspace/workspace.ts';
import type { StepWork } from '../step-runner.ts';
import { stepContainer, workspacePath } from './make-workload-spec.ts';
import { warned } from '../../model/warning.ts';

export interface CacheContext {
  readonly project: string;
  readonly caches: CacheStore;
}

/** Returns the step's caches in order. Each is a layer above the trees before it. */
export async function restoreCaches(
  context: CacheContext,
  step: PlannedStep,
  below: readonly TarSource[],
  work: StepWork,
): Promise<readonly TarSource[]> {
  const restored: TarSource[] = [];
  for (const path of step.cache) {
    const kept = await context.caches.restore(context.project, path);
    if (kept === undefined) continue;
    const from = nameParts(Buffer.from(path)).join('/');
    const linkAt = await linksOf([...below, ...restored], work.signal);
    const place = placeOf(await resolvePath(from, linkAt));
    if ('problem' in place) {
      work.output.observe(warned('W086', `cannot restore cache ${path}: ${place.problem}`));
      continue;
    }
    restored.push(movedTree(kept, from, place.path));
    work.output.observe({ type: 'cache.restored', path, bytes: kept.bytes });
  }
  return restored;
}

/** Saves the step's caches. A failure is only a warning: the step succeeded, and the next run uses the older copy. */
export async function saveCaches(
  context: CacheContext,
  step: PlannedStep,
  workload: Workload,
  work: StepWork,
): Promise<void> {
  for (const path of step.cache) {
    try {
      const bytes = await saveCache(context, path, workload, work.atOnce);
      if (bytes !== undefined) work.output.observe({ type: 'cache.saved', path, bytes });
    } catch (error) {
      work.output.observe(
        warned('W086', `cannot save cache ${path}: ${error instanceof Error ? error.message : String(error)}`),
      );
    }
  }
}

/** Returns the size of the cache in bytes, or `undefined` if the path does not exist. */
async function saveCache(
  context: CacheContext,
  path: string,
  workload: Workload,
  signal: AbortSignal,
): Promise<number | undefined> {
  const read = async (below: string) =>
    await workload.copyOut(stepContainer, `${workspacePath}/${Buffer.from(below, 'latin1').toString()}`, signal);
  const place = placeOf(
    await resolvePath(nameParts(Buffer.from(path)).join('/'), async (at) => await linkTarget(await read(at))),
  );
  if ('problem' in place) throw new Error(place.problem);
  const tar = await read(place.path);
  return tar === undefined ? undefined : await context.caches.save(context.project, path, tar, signal);
}

/** Returns the target if the path is a link. A link is always the first entry. */
async function linkTarget(tar: AsyncIterable<Uint8Array> | undefined): Promise<string | undefined> {
  if (tar === undefined) return undefined;
  for await (const { header } of readTar(tar))
    return header.type === 'symlink' ? (header.linkName ?? Buffer.alloc(0)).toString('latin1') : undefined;
  return undefined;
}

function placeOf(resolved: ResolvedPath): { readonly path: string } | { readonly problem: string } {
  if (resolved.status === 'outside')
    return {
      problem: `${text(resolved.link)} is a link to ${text(resolved.target)}, which leads out of the workspace`,
    };
  if (resolved.status === 'endless') return { problem: `${text(resolved.link)} is a link that leads back to itself` };
  return resolved.path === '' ? { problem: 'the path is a link to the whole workspace' } : resolved;
}

function text(path: string): string {
  return Buffer.from(path, 'latin1').toString();
}
