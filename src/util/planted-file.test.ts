import fs from 'node:fs';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../test/rigs/file-tree.ts';
import { isPlanted, ownerOfPlanted } from './planted-file.ts';

const me = 1000;

test.each<[string, number, number, 'project' | 'above', boolean]>([
  ['mine, in /tmp', me, 0o1777, 'above', false],
  ["root's, in /tmp", 0, 0o1777, 'above', false],
  ["another's, in /tmp", 1001, 0o1777, 'above', true],
  ["another's, in /tmp as the project's folder", 1001, 0o1777, 'project', true],
  ["another's, in a folder that is open to everyone", 1001, 0o777, 'above', true],
  ["another's, in a project that is open to everyone", 1001, 0o777, 'project', false],
  ["another's, in a folder of a group", 1001, 0o2775, 'above', false],
  ["another's, in a folder that only its owner writes to", 1001, 0o755, 'above', false],
])('%s', (_, owner, mode, place, planted) => {
  expect(isPlanted({ uid: owner, mode: 0o644 }, { uid: 0, mode }, me, place)).toBe(planted);
});

test.skipIf(process.geteuid?.() !== 0)(
  'a link counts by its own owner (only root can create one of another user)',
  () => {
    using dir = temporaryFolder();
    fs.chmodSync(dir.path, 0o1777);
    fs.writeFileSync(`${dir.path}/mine`, '');
    fs.symlinkSync('mine', `${dir.path}/link`);
    fs.lchownSync(`${dir.path}/link`, 1001, 1001);
    expect(ownerOfPlanted(`${dir.path}/link`, 'project')).toBe(1001);
    expect(ownerOfPlanted(`${dir.path}/mine`, 'project')).toBeUndefined();
    expect(ownerOfPlanted(`${dir.path}/none`, 'project')).toBeUndefined();
  },
);
