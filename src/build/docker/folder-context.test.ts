import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/rigs/file-tree.ts';
import { readTar } from '../../tar/tar-reader.ts';
import { folderContext } from './folder-context.ts';

describe('build contexts', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let context: string;
  beforeEach(() => {
    folder = temporaryFolder();
    context = path.join(folder.path, 'context');
    write({ Dockerfile: 'FROM a\n' });
  });
  afterEach(() => folder[Symbol.dispose]());

  function write(files: Readonly<Record<string, string>>): void {
    for (const [name, content] of Object.entries(files)) {
      const file = path.join(context, name);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, content);
    }
  }

  async function open(dockerfile = 'Dockerfile', at = context) {
    const found = await folderContext({ folder: at, dockerfile });
    if (found.status !== 'succeeded') throw new Error(JSON.stringify(found));
    return found.value;
  }

  /** Returns what is sent: the content of each file, `-> target` of a link, `/` of a folder. */
  async function sent(dockerfile?: string, at?: string): Promise<Record<string, string>> {
    const files: Record<string, string> = {};
    const { tree } = await open(dockerfile, at);
    for await (const { header, body } of readTar(tree.open({ uid: 1000, gid: 1000 }, new AbortController().signal))) {
      const parts: Uint8Array[] = [];
      for await (const part of body) parts.push(Buffer.from(part));
      const name = header.name.toString().replace(/\/$/, '');
      expect([header.uid, header.gid, name in files]).toEqual([0, 0, false]);
      files[name] =
        header.type === 'file'
          ? Buffer.concat(parts).toString()
          : header.type === 'symlink'
            ? `-> ${String(header.linkName)}`
            : '/';
    }
    return files;
  }

  describe('the context of a folder', () => {
    it('has its files, folders and links', async () => {
      write({ a: '1', 'b/c': '2' });
      fs.mkdirSync(path.join(context, 'empty'));
      fs.symlinkSync('../outside', path.join(context, 'link'));
      const files = await sent();
      expect(files).toMatchObject({ Dockerfile: 'FROM a\n', a: '1', b: '/', 'b/c': '2', empty: '/' });
      expect(Object.keys(files).sort()).toEqual(['Dockerfile', 'a', 'b', 'b/c', 'empty', 'link']);
    });

    it.each<[string, Record<string, string>, readonly string[]]>([
      ['leaves out what .dockerignore names', { '.dockerignore': 'b\n*.log\n' }, ['.dockerignore', 'Dockerfile', 'a']],
      [
        'keeps exceptions below ignored folders',
        { '.dockerignore': 'b\n!b/keep\n*.log\n' },
        ['.dockerignore', 'Dockerfile', 'a', 'b/keep'],
      ],
      ['sends an ignored Dockerfile', { '.dockerignore': '*\n' }, ['Dockerfile']],
      [
        'prefers the ignore file of the Dockerfile',
        { '.dockerignore': '*\n', 'Dockerfile.dockerignore': 'b\n' },
        ['.dockerignore', 'Dockerfile', 'Dockerfile.dockerignore', 'a', 'x.log'],
      ],
    ])('%s', async (_, files, names) => {
      write({ a: '1', 'b/keep': '2', 'b/drop': '3', 'x.log': '4', ...files });
      expect(
        Object.keys(await sent())
          .filter((name) => name !== 'b')
          .sort(),
      ).toEqual(names);
    });

    it('sends a Dockerfile of another name, of a subfolder, and of an absolute path', async () => {
      write({ 'docker/Prod': 'FROM prod\n' });
      for (const name of ['docker/Prod', path.join(context, 'docker/Prod')]) {
        expect(await open(name)).toMatchObject({ dockerfile: 'docker/Prod', text: 'FROM prod\n', isInside: true });
        expect(await sent(name)).toMatchObject({ 'docker/Prod': 'FROM prod\n', Dockerfile: 'FROM a\n' });
      }
    });

    it('sends a Dockerfile from outside under another name', async () => {
      fs.writeFileSync(path.join(folder.path, 'Outside'), 'FROM outside\n');
      fs.writeFileSync(path.join(folder.path, 'Outside.dockerignore'), 'Dockerfile\n');
      const { dockerfile, isInside, realFile } = await open('../Outside');
      expect({ isInside, realFile }).toEqual({
        isInside: false,
        realFile: fs.realpathSync(path.join(folder.path, 'Outside')),
      });
      expect(await sent('../Outside')).toEqual({ [dockerfile]: 'FROM outside\n' });
    });

    it('sends what a linked Dockerfile leads to, inside and outside', async () => {
      write({ 'docker/real': 'FROM real\n' });
      fs.writeFileSync(path.join(folder.path, 'Outside'), 'FROM outside\n');
      fs.symlinkSync('docker/real', path.join(context, 'in'));
      fs.symlinkSync('../Outside', path.join(context, 'out'));
      expect(await open('in')).toMatchObject({ dockerfile: 'docker/real', text: 'FROM real\n', isInside: true });
      expect(await open('out')).toMatchObject({ text: 'FROM outside\n', isInside: false });
      expect(Object.values(await sent('out'))).toContain('FROM outside\n');
    });

    it('is the folder that a link leads to', async () => {
      write({ a: '1' });
      const link = path.join(folder.path, 'link');
      fs.symlinkSync('context', link);
      expect(Object.keys(await sent('Dockerfile', link)).sort()).toEqual(['Dockerfile', 'a']);
    });

    it('is read anew each time', async () => {
      const { tree } = await open();
      write({ late: '1' });
      const names: string[] = [];
      for await (const { header } of readTar(tree.open({ uid: 0, gid: 0 }, new AbortController().signal)))
        names.push(header.name.toString());
      expect(names).toContain('late');
    });
  });

  describe('a context is refused', () => {
    it.each<[string, string, object]>([
      ['without a Dockerfile', 'Missing', { code: 'file-missing', field: 'dockerfile' }],
      ['with a Dockerfile below a file', 'Dockerfile/x', { code: 'file-missing', field: 'dockerfile' }],
      ['with a folder as its Dockerfile', 'sub', { code: 'file-error' }],
      ['with a pipe as its Dockerfile', 'pipe', { code: 'file-error' }],
    ])('%s', async (_, dockerfile, failure) => {
      write({ 'sub/a': '1' });
      execFileSync('mkfifo', [path.join(context, 'pipe')]);
      expect(await folderContext({ folder: context, dockerfile })).toMatchObject({ status: 'failed', failure });
    });

    it.each(['missing', 'context/Dockerfile'])('at %s', async (name) => {
      expect(await folderContext({ folder: path.join(folder.path, name), dockerfile: 'Dockerfile' })).toMatchObject({
        failure: { code: 'file-missing', field: 'context', path: path.join(folder.path, name) },
      });
    });

    it('with invalid ignore rules, which are named with their line', async () => {
      write({ '.dockerignore': 'a\n!\n' });
      expect(await folderContext({ folder: context, dockerfile: 'Dockerfile' })).toMatchObject({
        failure: { code: 'build-failed', detail: expect.stringMatching(/\.dockerignore, line 2: /) as string },
      });
    });
  });
});
