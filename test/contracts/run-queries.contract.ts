/** The contract of stores: which runs a query selects. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Source, StampedEvent } from '../../src/events/event.ts';
import type { EndStatus } from '../../src/model/status.ts';
import type { OwnedRun, RunQuery, Store } from '../../src/store/store.ts';
import { createRun, finished, newRunId, queued, started } from '../rigs/store-rig.ts';
import type { StoreRig } from '../rigs/store-rig.ts';

interface Told extends Partial<Pick<Source, 'commit' | 'ref' | 'repository'>> {
  readonly project: string;
  /** Absent: the run does not end. */
  readonly end?: EndStatus;
}

const shop = 'git@git.example.org:team/shop.git';
const site = 'https://git.example.org/team/site';

/** The first is the oldest. Each process is named by its run's position. */
const stories: readonly Told[] = [
  { project: '/shop', commit: 'aaaa1111', ref: 'refs/heads/main', repository: shop, end: 'succeeded' },
  { project: '/site', commit: 'aaaa2222', ref: 'refs/heads/main', repository: site, end: 'failed' },
  { project: '/shop', commit: 'aaaa1111', ref: 'refs/heads/main', repository: shop, end: 'failed' },
  { project: '/shop', commit: 'bbbb0000', ref: 'refs/tags/v1', repository: shop, end: 'failed' },
  { project: '/shop', commit: 'aaaa3333', ref: 'refs/heads/main', repository: shop },
  { project: '/site', end: 'cancelled' },
  { project: '/shop', commit: 'bbbb0000', ref: 'refs/pull/7/head', repository: shop },
];

export function testRunQueries(name: string, makeRig: () => Promise<StoreRig>): void {
  describe(`${name} selects runs`, () => {
    let rig: StoreRig;
    let store: Store;
    let runs: OwnedRun[];

    beforeEach(async () => {
      rig = await makeRig();
      store = await rig.open('reader');
      runs = [];
      for (const [index, story] of stories.entries()) {
        const run = await createRun(await rig.open(`owner ${index}`), story.project);
        await run.log.append(eventsOf(story));
        runs.push(run);
      }
    });

    afterEach(async () => {
      await rig[Symbol.asyncDispose]();
    });

    async function selected(query: RunQuery): Promise<readonly number[]> {
      return (await store.runs(query)).map(({ id }) => runs.findIndex((run) => run.id === id));
    }

    it.each<[RunQuery, readonly number[]]>([
      [{ commit: 'aaaa' }, [4, 2, 1, 0]],
      [{ commit: 'aaaa1111' }, [2, 0]],
      [{ commit: 'aaaa11112' }, []],
      [{ commit: 'cccc' }, []],
      [{ commit: 'aaaa', project: '/shop' }, [4, 2, 0]],
      [{ commit: 'aaaa', statuses: ['failed'] }, [2, 1]],
      [{ commit: 'bbbb', ref: 'v1' }, [3]],
      [{ commit: 'aaaa', repository: 'site' }, [1]],
      [{ ref: 'main' }, [4, 2, 1, 0]],
      [{ ref: 'refs/heads/main', limit: 2 }, [4, 2]],
      [{ ref: 'v1' }, [3]],
      [{ ref: 'heads/main' }, []],
      [{ ref: 'refs/pull/7/head' }, [6]],
      [{ ref: 'main', project: '/shop', statuses: ['failed', 'succeeded'] }, [2, 0]],
      [{ ref: 'main', repository: 'team/site.git' }, [1]],
      [{ repository: shop }, [6, 4, 3, 2, 0]],
      [{ repository: 'git@git.example.org:team/shop' }, [6, 4, 3, 2, 0]],
      [{ repository: 'team/shop', statuses: ['failed'] }, [3, 2]],
      [{ repository: 'shop', project: '/site' }, []],
      [{ repository: 'shop', project: '/shop', limit: 2 }, [6, 4]],
      [{ repository: 'hop' }, []],
      [{ repository: '' }, []],
      [{ statuses: ['failed', 'cancelled'] }, [5, 3, 2, 1]],
      [{ statuses: ['failed'], project: '/shop' }, [3, 2]],
      [{ statuses: ['inProgress'] }, [6, 4]],
      [{ statuses: ['interrupted'] }, []],
      [{ statuses: [] }, []],
    ])('%j: %j', async (query, expected) => {
      expect(await selected(query)).toEqual(expected);
    });

    it('that match several filters, page by page', async () => {
      const query = { ref: 'main', statuses: ['succeeded', 'failed', 'inProgress'] } as const;
      const pages: (readonly number[])[] = [];
      for (let before = newRunId(); ;) {
        const page = await selected({ ...query, limit: 1, before });
        if (page[0] === undefined) break;
        pages.push(page);
        before = runs[page[0]]?.id ?? before;
      }
      expect(pages).toEqual([[4], [2], [1], [0]]);
    });

    it('by their current status: interrupted after the death of the owner, not in progress', async () => {
      rig.processes.kill('owner 4');
      for (let round = 0; round < 2; round++) {
        expect(await selected({ statuses: ['interrupted'] })).toEqual([4]);
        expect(await selected({ statuses: ['inProgress'], ref: 'refs/pull/7/head' })).toEqual([6]);
        expect(await selected({ statuses: ['inProgress'] })).toEqual([6]);
        expect(await selected({ statuses: ['interrupted', 'inProgress'] })).toEqual([6, 4]);
        expect(await selected({ statuses: ['succeeded'], commit: 'aaaa3333' })).toEqual([]);
      }
      const taken = await store.own(runs[4]?.id ?? newRunId());
      if (taken.status !== 'owned') throw new Error(taken.status);
      expect(await selected({ statuses: ['inProgress'] })).toEqual([6, 4]);
      await taken.run.log.append([finished('failed')]);
      expect(await selected({ statuses: ['failed'] })).toEqual([4, 3, 2, 1]);
    });

    it('lists the refs of a project', async () => {
      expect(await store.refs('/shop')).toEqual(['refs/heads/main', 'refs/pull/7/head', 'refs/tags/v1']);
      expect(await store.refs('/site')).toEqual(['refs/heads/main']);
      expect(await store.refs('/other')).toEqual([]);
    });
  });
}

function eventsOf({ project, end, ...repository }: Told): readonly StampedEvent[] {
  const event = queued();
  if (event.type !== 'run.queued') throw new Error(event.type);
  const source: Source = { project, directory: project, file: '.wharf-ci.yml', ...repository };
  return [{ ...event, source }, started(), ...(end === undefined ? [] : [finished(end)])];
}
