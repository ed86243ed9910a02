import { describe, expect, it } from 'vitest';
import type { HelmRelease } from './helm-release.ts';
import { recordText, type ReleaseRecord } from './release-record.ts';
import { decideUpgrade } from './upgrade-decision.ts';

const local: HelmRelease = { name: 'web', chart: { path: '.' }, valuesFiles: [], values: [], fileValues: [] };
const remote: HelmRelease = { ...local, chart: { remote: 'nginx' } };
const record: ReleaseRecord = { chart: 'c', values: 'v', images: 'i', options: 'o' };
const deployed = { status: 'deployed', description: recordText(record, 'shop') };

const ours = { force: false };

describe('a release is upgraded', () => {
  it.each([
    ['if it is new', undefined, {}, [], 'release web is new'],
    ['after its removal', { ...deployed, status: 'uninstalled' }, {}, [], 'release web is new'],
    ['after a failure', { ...deployed, status: 'failed' }, {}, [], 'the last revision of release web is failed'],
    [
      'if others changed it',
      { status: 'deployed', description: 'Rollback to 1' },
      {},
      [],
      'Slipway did not make the last revision of release web',
    ],
    ['after a change', deployed, { chart: 'x' }, [], 'the chart of release web changed'],
    ['after two', deployed, { values: 'x', images: 'x' }, [], 'the values and images of release web changed'],
    [
      'after four',
      deployed,
      { chart: 'x', values: 'x', images: 'x', options: 'x' },
      [],
      'the chart, values, images and options of release web changed',
    ],
    ['if an object is missing', deployed, {}, ['pod/a'], 'pod/a of release web is missing'],
    ['if several are', deployed, {}, ['pod/a', 'pod/b', 'pod/c'], 'pod/a and 2 more of release web are missing'],
  ])('%s', (_, installed, change, missing, because) => {
    expect(decideUpgrade(local, installed, { ...record, ...change }, missing, ours)).toEqual({
      upgrade: true,
      because,
    });
  });
});

describe('a release stays as it is', () => {
  it('without a change', () => {
    expect(decideUpgrade(local, deployed, record, [], ours)).toEqual({ upgrade: false });
  });

  it.each([
    ['remote, as in Skaffold', remote],
    ['told so', { ...local, upgradeOnChange: false }],
  ])('after a change, if its chart is %s', (_, release) => {
    expect(decideUpgrade(release, deployed, { ...record, values: 'x' }, [], ours)).toEqual({
      upgrade: false,
      ignored:
        'the values of release web changed, but it stays as it is: set `upgradeOnChange: true` to upgrade it. By default that holds for charts on this machine only',
    });
  });
});

it.each([
  ['a new one', remote, undefined],
  ['a failed one', remote, { ...deployed, status: 'failed' }],
  ['one that may be upgraded', { ...remote, upgradeOnChange: true }, { status: 'deployed', description: '' }],
])('a remote chart is deployed: %s', (_, release, installed) => {
  expect(decideUpgrade(release, installed, record, [], ours)).toMatchObject({ upgrade: true });
});

describe('a release of others', () => {
  const theirs = { status: 'deployed', description: 'Install complete' };
  const other = 'this deploy did not install it (revision 1: Install complete)';

  it.each([
    ['local', local],
    ['remote', remote],
  ])('stays as it is: %s', (_, release) => {
    expect(decideUpgrade(release, theirs, record, [], { other, force: false })).toEqual({
      upgrade: false,
      conflict: `${other}: give the release another name, or deploy with --force to take it over`,
    });
  });

  it.each([
    ['local', local],
    ['remote', remote],
  ])('is taken over by force: %s', (_, release) => {
    expect(decideUpgrade(release, theirs, record, [], { other, force: true })).toEqual({
      upgrade: true,
      because: 'release web is taken over',
    });
  });

  it('is taken over by force, even if it looks the same', () => {
    expect(decideUpgrade(local, deployed, record, [], { other, force: true })).toMatchObject({ upgrade: true });
  });
});
