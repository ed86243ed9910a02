import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeFolder } from './make-folder.ts';

describe('make folder', () => {
  let root: string;
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'slipway-folder-'))));
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('creates missing folders with the mode, and keeps existing ones', () => {
    const deep = join(root, 'a', 'b', 'c');
    makeFolder(deep, 0o700);
    expect([join(root, 'a'), deep].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o700]);
    makeFolder(deep);
    expect(statSync(deep).mode & 0o777).toBe(0o700);
    makeFolder('/');
  });

  it('follows a link to a folder', () => {
    mkdirSync(join(root, 'real'));
    symlinkSync(join(root, 'real'), join(root, 'link'));
    makeFolder(join(root, 'link', 'sub'));
    expect(existsSync(join(root, 'real', 'sub'))).toBe(true);
  });

  it.each([
    ['a file', () => writeFileSync(join(root, 'x'), ''), 'x', 'EEXIST'],
    ['below a file', () => writeFileSync(join(root, 'x'), ''), 'x/y/z', 'ENOTDIR'],
    ['a link to nothing', () => symlinkSync(join(root, 'nothing'), join(root, 'x')), 'x', 'ENOENT'],
    ['below a link to itself', () => symlinkSync(join(root, 'x'), join(root, 'x')), 'x/y', 'ELOOP'],
  ])('refuses %s', (_, prepare, path, code) => {
    prepare();
    expect(() => makeFolder(join(root, path))).toThrow(expect.objectContaining({ code }) as Error);
  });

  it.skipIf(!existsSync('/proc/self'))('ends on a file system that takes no new names', () => {
    expect(() => makeFolder('/proc/slipway')).toThrow(expect.objectContaining({ code: 'ENOENT' }) as Error);
    expect(() => makeFolder('/proc/slipway/a/b')).toThrow(expect.objectContaining({ code: 'ENOENT' }) as Error);
  });
});
