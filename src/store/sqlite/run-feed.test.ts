import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { noted } from '../../../test/rigs/store-rig.ts';
import type { RunId } from '../../model/ids.ts';
import { TurnBudget } from '../turn-budget.ts';
import { RunFeed } from './run-feed.ts';
import { RunFile } from './run-file.ts';

const never = new AbortController().signal;
describe('run feed', () => {
  let folder: string;
  let feed: RunFeed;
  /** As in the owner's process. */
  let elsewhere: RunFile;
  let ownerIsDead: boolean;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-feed-'));
    const open = () => RunFile.open('run' as RunId, join(folder, 'run.db'));
    ownerIsDead = false;
    feed = new RunFeed(await open(), new TurnBudget(), async () => ownerIsDead);
    elsewhere = await open();
  });

  afterEach(async () => {
    feed.close();
    elsewhere.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('wakes up waiting callers when another process has appended', async () => {
    const woken = feed.changed(0, never);
    await elsewhere.append(1, [noted('a')]);
    await woken;
    expect((await feed.page(0, false)).through).toBe(1);
  });

  it('does not let a caller wait that has read before a change that woke another caller', async () => {
    const woken = feed.changed(0, never);
    await elsewhere.append(1, [noted('a')]);
    await woken;
    await feed.changed(0, never);
  });

  it('does not let a caller wait that has read before this process appended', async () => {
    feed.publish(await feed.file.append(1, [noted('a')]));
    await feed.changed(0, never);
    expect(feed.recent(0)?.events).toHaveLength(1);
  });

  it('reads a page once for several readers, who share its JSON', async () => {
    await elsewhere.append(1, [noted('a'), noted('b')]);
    expect(feed.recent(0)).toBeUndefined();
    const page = await feed.page(0, false);
    expect(feed.recent(0)).toBe(page);
    expect(page.json).toBe(page.json);
  });

  it('keeps only some pages', async () => {
    await elsewhere.append(1, [noted('a'), noted('b')]);
    for (let after = 0; after < 2; after++) await feed.page(after, false);
    expect(feed.recent(0)).toBeDefined();
    await elsewhere.append(
      1,
      Array.from({ length: 30 }, (_, index) => noted(String(index))),
    );
    for (let after = 2; after < 32; after++) await feed.page(after, false);
    expect(feed.recent(0)).toBeUndefined();
    expect(feed.recent(31)?.through).toBe(32);
  });

  it('does not keep what is no complete page: an empty one, or one without output', async () => {
    await feed.page(0, false);
    expect(feed.recent(0)).toBeUndefined();
    await elsewhere.append(1, [noted('a')]);
    await feed.page(0, true);
    expect(feed.recent(0)).toBeUndefined();
  });

  it('detects that an owner has died, and that another one has taken over', async () => {
    expect(await feed.isOver()).toBe(false);
    ownerIsDead = true;
    await feed.changed(0, never);
    expect(await feed.isOver()).toBe(true);
    ownerIsDead = false;
    expect(await feed.isOver()).toBe(false);
  });

  it('releases all callers when it is closed, and stops checking', async () => {
    const waiting = Promise.all([feed.changed(0, never), feed.changed(0, never)]);
    feed.close();
    await waiting;
  });
});
