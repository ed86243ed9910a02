import { describe, expect, test } from 'vitest';
import { recordingWork } from '../../../test/rigs/recording-work.ts';
import { temporaryFolder } from '../../../test/rigs/file-tree.ts';
import { describeTar, tarSource, type TreeEntry } from '../../../test/rigs/tree.ts';
import type { PlannedStep } from '../../model/plan.ts';
import type { TarSource } from '../../model/tree.ts';
import type { Workload } from '../../runtime/runtime.ts';
import { openCacheStore } from '../../workspace/caches/cache-store.ts';
import { restoreCaches, saveCaches } from './step-caches.ts';
import type { StepWork } from '../step-runner.ts';
import { systemClock } from '../../model/clock.ts';

const { signal } = new AbortController();

/** The workspace after a step, read as an engine reads it. Links inside paths are not followed. */
function left(...entries: readonly TreeEntry[]): Workload {
  return {
    copyOut: async (_container: string, path: string) => {
      const below = path.replace(/^\/mnt\/repo\/?/, '');
      const name = below.split('/').at(-1) ?? '';
      const found = entries.flatMap((entry) => {
        const at = String(entry.path);
        return at === below || at.startsWith(`${below}/`) ? [{ ...entry, path: name + at.slice(below.length) }] : [];
      });
      return found.length === 0 ? undefined : tarSource(found).open(undefined, signal);
    },
  } as unknown as Workload;
}

async function kept(cache: string, before: Workload, trees: readonly TarSource[]) {
  using dir = temporaryFolder();
  const context = { project: 'p', caches: openCacheStore(dir.path, { clock: systemClock }) };
  const step = { cache: [cache] } as unknown as PlannedStep;
  const recorded = recordingWork(signal);
  const work = { ...recorded.work, atOnce: signal } as StepWork;
  await saveCaches(context, step, before, work);
  const restored = await restoreCaches(context, step, trees, work);
  const notes = recorded.observed.flatMap((fact) => (fact.type === 'noted' ? [fact.message] : []));
  return { notes, tree: restored[0] && (await describeTar(restored[0].open(undefined, signal))) };
}

describe('a cache behind a link', () => {
  const deps = [
    { path: 'node_modules', link: 'deps' },
    { path: 'deps' },
    { path: 'deps/.cache' },
    { path: 'deps/.cache/x', content: 'x' },
  ];

  test('is saved from and restored to the target of the link', async () => {
    const { notes, tree } = await kept('node_modules/.cache', left(...deps), [
      { ...tarSource([]), links: new Map([['node_modules', 'deps']]) },
    ]);
    expect(notes).toEqual([]);
    expect(tree).toEqual({ 'deps/.cache': '755 /', 'deps/.cache/x': '644 x' });
  });

  test('is restored to the new target if the repository changed or removed the link', async () => {
    const later = async (...entries: readonly TreeEntry[]) =>
      (await kept('node_modules/.cache', left(...deps), [tarSource(entries)])).tree;
    expect(await later({ path: 'node_modules', link: 'vendor' })).toEqual({
      'vendor/.cache': '755 /',
      'vendor/.cache/x': '644 x',
    });
    expect(await later({ path: 'node_modules' })).toEqual({
      'node_modules/.cache': '755 /',
      'node_modules/.cache/x': '644 x',
    });
  });

  test('outside the workspace is neither saved nor restored, with a note', async () => {
    expect(await kept('lib/x', left({ path: 'lib', link: '/usr/lib' }), [])).toEqual({
      notes: ['cannot save cache lib/x: lib is a link to /usr/lib, which leads out of the workspace'],
      tree: undefined,
    });
    const { notes, tree } = await kept('lib/x', left({ path: 'lib' }, { path: 'lib/x', content: 'x' }), [
      tarSource([{ path: 'lib', link: '../up' }]),
    ]);
    expect(notes).toEqual(['cannot restore cache lib/x: lib is a link to ../up, which leads out of the workspace']);
    expect(tree).toBeUndefined();
  });

  test('that leads to itself, or to the whole workspace, is not saved', async () => {
    expect((await kept('a', left({ path: 'a', link: 'b' }, { path: 'b', link: 'a' }), [])).notes).toEqual([
      'cannot save cache a: a is a link that leads back to itself',
    ]);
    expect((await kept('a', left({ path: 'a', link: '.' }), [])).notes).toEqual([
      'cannot save cache a: the path is a link to the whole workspace',
    ]);
  });

  test('that is itself a link is the target of the link', async () => {
    const { tree } = await kept(
      'cache',
      left({ path: 'cache', link: 'real' }, { path: 'real' }, { path: 'real/x', content: 'x' }),
      [tarSource([{ path: 'cache', link: 'real' }])],
    );
    expect(tree).toEqual({ real: '755 /', 'real/x': '644 x' });
  });
});

test('a cache is the folder that the step made at its path', async () => {
  const { tree } = await kept(
    './web//.npm/',
    left({ path: 'web' }, { path: 'web/.npm' }, { path: 'web/.npm/x', content: 'x' }),
    [tarSource([{ path: 'web', content: 'a file' }])],
  );
  expect(tree).toEqual({ 'web/.npm': '755 /', 'web/.npm/x': '644 x' });
});
