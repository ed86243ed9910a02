import { expect, it } from 'vitest';
import { recordText } from './release-record.ts';
import { otherOwner, ownerValue } from './release-owner.ts';

const record = { chart: 'c', values: 'v', images: 'i', options: 'o' };
const ours = recordText(record, 'shop');
const withoutSet = 'Deployed by Slipway (chart c values v images i options o)';

it.each<[string, string, string, boolean, string | undefined]>([
  ['our last revision', 'deployed', ours, false, undefined],
  ['that of a version that recorded no set', 'deployed', withoutSet, false, undefined],
  ['a failed installation of ours', 'failed', 'Release "web" failed: x', true, undefined],
  ['a rollback of ours by others', 'deployed', 'Rollback to 1', true, undefined],
  [
    'another deploy',
    'deployed',
    recordText(record, 'other deploy'),
    false,
    'the deploy other deploy of Slipway made its revision 3',
  ],
  [
    'an installation by hand',
    'deployed',
    'Install complete',
    false,
    'this deploy did not install it (revision 3: Install complete)',
  ],
  [
    'a failed one',
    'failed',
    'Release "web" failed: x\ny',
    false,
    'this deploy did not install it (revision 3: Release "web" failed: x)',
  ],
  [
    'one without a description',
    'pending-install',
    '',
    false,
    'this deploy did not install it (revision 3: pending-install)',
  ],
  ['one that was removed', 'uninstalled', 'Uninstallation complete', false, undefined],
])('says whose a release is: %s', (_, status, description, isLabelled, expected) => {
  expect(otherOwner('shop', { status, description, revision: 3 }, isLabelled)).toBe(expected);
});

it('a release that does not exist is nobody’s', () => {
  expect(otherOwner('shop', undefined, false)).toBe(undefined);
});

it.each(['shop', 'a.b_c-D', 'a'.repeat(63)])('the label of a set is its name: %s', (set) => {
  expect(ownerValue(set)).toBe(set);
});

it.each(['my shop', '', '-a', 'a'.repeat(64), 'café'])('the label of a set can be a digest: %j', (set) => {
  expect(ownerValue(set)).toMatch(/^[a-zA-Z0-9](?:[\w.-]{0,61}[a-zA-Z0-9])?$/);
  expect(ownerValue(set)).not.toBe(ownerValue(`${set} `));
});
