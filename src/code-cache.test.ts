import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeFifos } from './util/fifo.ts';
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

  const keptFile = () => join(kept, readdirSync(kept)[0] ?? '');

  it('is not run when a single byte of it is damaged, and is kept again', () => {
    makeProgram('1', 'b');
    use();
    const whole = readFileSync(keptFile());
    // V8 checks its own header only. Damaged code behind that crashes the process.
    for (const at of [0, 40, whole.length >> 1, whole.length - 1]) {
      const damaged = Buffer.from(whole);
      damaged[at] = whole[at]! ^ 0xff;
      writeFileSync(keptFile(), damaged);
      expect(use()).toEqual({ said: 'a/b', compiled: true });
    }
    writeFileSync(keptFile(), whole.subarray(0, whole.length / 2));
    expect(use()).toEqual({ said: 'a/b', compiled: true });
  });

  it('leaves nothing behind where a file cannot be replaced, and removes what killed processes left', () => {
    makeProgram('1', 'b');
    use();
    const path = keptFile();
    rmSync(path);
    mkdirSync(path);
    use();
    expect(readdirSync(kept)).toEqual([basename(path)]);
    rmSync(path, { recursive: true });
    writeFileSync(`${path}.999999999`, 'half');
    expect(use()).toEqual({ said: 'a/b', compiled: true });
    expect(readdirSync(kept)).toEqual([basename(path)]);
  });

  it.skipIf(process.getuid === undefined)('does not wait for a pipe, and replaces it', async () => {
    makeProgram('1', 'b');
    use();
    const path = keptFile();
    rmSync(path);
    expect(await makeFifos([path])).toBe(true);
    const program = programOf();
    expect(load(program).hello()).toBe('a/b');
    program.keep();
    expect(lstatSync(path).isFile()).toBe(true);
  });

  it.skipIf(process.getuid === undefined)('is neither run nor kept where another user may write', () => {
    makeProgram('1', 'b');
    use();
    chmodSync(keptFile(), 0o622);
    use();
    expect(lstatSync(keptFile()).mode & 0o777).toBe(0o600);
    chmodSync(kept, 0o777);
    rmSync(keptFile());
    expect(use()).toEqual({ said: 'a/b', compiled: false });
  });

  it('is kept whole after a long run, under the flags of a start', () => {
    makeProgram('1', 'b');
    const flags: string[] = [];
    const node = createRequire(import.meta.url);
    const require = (name: string): unknown =>
      name === 'node:v8' ? { setFlagsFromString: (flag: string) => void flags.push(flag) } : node(name);
    const start = () => {
      const program = new CachedProgram(root, '1', { folder: kept, use: 'run' }, require);
      load(program).hello();
      flags.push('ran');
      program.keep();
    };
    start();
    expect(flags.splice(0)).toEqual(['--no-flush-bytecode', 'ran', '--flush-bytecode']);
    start();
    expect(flags).toEqual(['ran']);
  });

  it('is compiled for each use', () => {
    makeProgram('1', 'b');
    use('1', 'run');
    expect(use('1', 'logs')).toEqual({ said: 'a/b', compiled: true });
    expect(use('1', 'run')).toEqual({ said: 'a/b', compiled: false });
    expect(readdirSync(kept)).toHaveLength(2);
  });

  it('is compiled again for another build, and that of a build of long ago goes', () => {
    makeProgram('1', 'b');
    use('1', 'run');
    const old = new Date(Date.now() - 8 * 24 * 3_600_000);
    for (const name of readdirSync(kept)) utimesSync(join(kept, name), old, old);
    use('1', 'logs');
    makeProgram('2', 'c');
    expect(use('2', 'run')).toEqual({ said: 'a/c', compiled: true });
    expect(readdirSync(kept).map((name) => name.split('-').slice(2, 4).join(' '))).toEqual(['1 logs', '2 run']);
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
