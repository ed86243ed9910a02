import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildMark, CachedProgram } from './code-cache.ts';

interface Exports {
  hello(): string;
  fails(): void;
}

describe('code that is kept compiled', () => {
  let root: string;
  let kept: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'slipway-code-'));
    kept = join(root, 'kept');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const makeFile = (name: string, body: string, build = '1') =>
    writeFileSync(
      join(root, name),
      `${buildMark(build)}(function (exports, require, module, __filename, __dirname) {${body}\n})`,
    );
  const makeProgram = (build: string, text: string) =>
    makeFile(
      'program.cjs',
      `const { join } = require('node:path');
module.exports = { hello: () => join('a', '${text}'), fails: () => { throw new Error('here'); } };`,
      build,
    );
  const programOf = (build = '1', use = 'run') =>
    new CachedProgram(root, build, { folder: kept, use }, createRequire(import.meta.url));
  const load = (program = programOf()) => program.load('program.cjs') as Exports;
  /** Runs the program and keeps its code. Returns what it says, and whether it had to be compiled. */
  const use = (build?: string, word?: string) => {
    const before = keptFiles();
    const program = programOf(build, word);
    const said = load(program).hello();
    program.keep();
    return { said, compiled: keptFiles() !== before };
  };
  /** Changes with each file that is written. */
  const keptFiles = () => {
    try {
      return readdirSync(kept)
        .map((name) => name + readFileSync(join(kept, name)).toString('hex'))
        .join();
    } catch {
      return '';
    }
  };

  it('runs the same before it is kept, when it is, and when what was kept is damaged', () => {
    makeProgram('1', 'b');
    expect(use()).toEqual({ said: 'a/b', compiled: true });
    expect(use()).toEqual({ said: 'a/b', compiled: false });
    writeFileSync(join(kept, readdirSync(kept)[0] ?? ''), 'garbage');
    expect(use().said).toBe('a/b');
  });

  it('is compiled for each use', () => {
    makeProgram('1', 'b');
    use('1', 'run');
    expect(use('1', 'logs')).toEqual({ said: 'a/b', compiled: true });
    expect(use('1', 'run')).toEqual({ said: 'a/b', compiled: false });
    expect(readdirSync(kept)).toHaveLength(2);
  });

  it('is compiled again for another build, and the old one goes', () => {
    makeProgram('1', 'b');
    use('1', 'run');
    use('1', 'logs');
    makeProgram('2', 'c');
    expect(use('2', 'run')).toEqual({ said: 'a/c', compiled: true });
    expect(readdirSync(kept)).toHaveLength(1);
  });

  it('keeps nothing of a file of another build', () => {
    makeProgram('1', 'b');
    use();
    // The same length: V8 would take the code of the other build.
    makeProgram('2', 'c');
    expect(use('1')).toEqual({ said: 'a/c', compiled: false });
  });

  it('loads a file that another one requires, once, and lets them require each other', () => {
    makeFile('program.cjs', "exports.own = 'a'; exports.hello = () => require('./rest.cjs').hello();");
    makeFile(
      'rest.cjs',
      "const { own } = require('./program.cjs'); let calls = 0; exports.hello = () => own + ++calls;",
    );
    const program = programOf();
    load(program).hello();
    expect(load(program).hello()).toBe('a2');
    program.keep();
    expect(readdirSync(kept)).toHaveLength(2);
  });

  it('keeps the lines of a stack trace', () => {
    makeProgram('1', 'b');
    expect(() => load().fails()).toThrow(
      expect.objectContaining({ stack: expect.stringContaining('program.cjs:2:') as string }) as Error,
    );
  });

  it('does without, at once, where no folder can be made', () => {
    makeProgram('1', 'b');
    kept = '/proc/slipway';
    expect(use()).toEqual({ said: 'a/b', compiled: false });
  });

  it('does without where nothing can be kept', () => {
    makeProgram('1', 'b');
    writeFileSync(kept, 'a file is in the way');
    expect(use()).toEqual({ said: 'a/b', compiled: false });
  });

  it('does without where no folder is named', () => {
    makeProgram('1', 'b');
    const program = new CachedProgram(root, '1', undefined, createRequire(import.meta.url));
    expect(load(program).hello()).toBe('a/b');
    program.keep();
    expect(readdirSync(root)).toEqual(['program.cjs']);
  });
});

it.each(['program.cjs', 'rest.cjs'])(
  'the build makes %s without `import()`, which code that was compiled before cannot use on Node 20',
  (name) => {
    const text = readFileSync(new URL(`../dist/${name}`, import.meta.url), 'latin1');
    expect(text.match(/(?<![.\w])import\(.*/g) ?? []).toEqual([]);
    expect(/[^\0-\x7f]/.test(text)).toBe(false);
  },
);
