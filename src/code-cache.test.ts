import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadWithCodeCache } from './code-cache.ts';

describe('code that is kept compiled', () => {
  let root: string;
  let folder: string;
  let file: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'slipway-code-'));
    folder = join(root, 'kept');
    file = join(root, 'program.cjs');
    writeFileSync(
      file,
      "const { join } = require('node:path');\nmodule.exports = { hello: () => join('a', 'b'), fails: () => { throw new Error('here'); } };\n",
    );
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const load = () => loadWithCodeCache(file, folder);
  const hello = () => (load().exports as { hello: () => string }).hello();

  it('runs the same before it is kept, when it is, and when what was kept is damaged', () => {
    expect(hello()).toBe('a/b');
    load().keep();
    expect(readdirSync(folder)).toHaveLength(1);
    expect(hello()).toBe('a/b');
    writeFileSync(join(folder, readdirSync(folder)[0] ?? ''), 'garbage');
    expect(hello()).toBe('a/b');
  });

  it('is made anew when the file changes, and the old one goes', () => {
    load().keep();
    const [before] = readdirSync(folder);
    writeFileSync(file, "module.exports = { hello: () => 'changed' };\n");
    expect(hello()).toBe('changed');
    load().keep();
    expect(readdirSync(folder)).toHaveLength(1);
    expect(readdirSync(folder)).not.toEqual([before]);
  });

  it('runs the file that is there, also where an older one had the same length and the same times', () => {
    const time = new Date(499162500000);
    for (const version of ['1', '2']) {
      writeFileSync(file, `module.exports = { hello: () => 'version ${version}' };\n`);
      utimesSync(file, time, time);
      expect(hello()).toBe(`version ${version}`);
      load().keep();
    }
    expect(hello()).toBe('version 2');
  });

  it('keeps the lines of a stack trace', () => {
    const { fails } = load().exports as { fails: () => void };
    expect(fails).toThrow(
      expect.objectContaining({ stack: expect.stringContaining('program.cjs:2:') as string }) as Error,
    );
  });

  it('does without, at once, where no folder can be made', () => {
    folder = '/proc/slipway';
    const program = load();
    expect(() => program.keep()).not.toThrow();
  });

  it('does without where nothing can be kept', () => {
    writeFileSync(folder, 'a file is in the way');
    const program = load();
    expect(() => program.keep()).not.toThrow();
  });
});

it('is made for a bundle without `import()`, which code that was compiled before cannot use on Node 20', () => {
  const bundle = readFileSync(new URL('../dist/program-in-one.cjs', import.meta.url), 'latin1');
  expect(bundle.match(/(?<![.\w])import\(.*/g) ?? []).toEqual([]);
});
