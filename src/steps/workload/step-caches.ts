/**
 * What a step keeps between runs. The path of a cache means what it means in the tree at hand: a link on its way is
 * followed, within the workspace (docs/workspace.md, "Caches").
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

export interface CacheContext {
  readonly project: string;
  readonly caches: CacheStore;
}

/** The step's caches, each to be laid over the trees before it. */
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
      work.output.observe({
        type: 'noted',
        level: 'warning',
        message: `cache ${path} was not restored: ${place.problem}`,
      });
      continue;
    }
    restored.push(movedTree(kept, from, place.path));
    work.output.observe({ type: 'cache.restored', path, bytes: kept.bytes });
  }
  return restored;
}

/** A cache that cannot be saved is only noted: the step did its work, and the next run starts from the older copy. */
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
      work.output.observe({
        type: 'noted',
        level: 'warning',
        message: `cache ${path} was not saved: ${error instanceof Error ? error.message : String(error)}`,
      });
    }
  }
}

/** @returns its size; `undefined` where there is nothing at the path */
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

/** Only the first entry of what is at a path is read: a link has no other. */
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
  return resolved.path === '' ? { problem: 'it is a link to the whole workspace' } : resolved;
}

function text(path: string): string {
  return Buffer.from(path, 'latin1').toString();
}
