import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { placeOf, SourceText, type Span } from '../../diagnostics/source-text.ts';
import { sharedFiles } from '../../../test/rigs/shared-files.ts';
import type { CopyInstruction, Instruction, RunInstruction } from './dockerfile.ts';
import { evaluateDockerfile } from './evaluate-dockerfile.ts';
import { readDockerfile } from './read-dockerfile.ts';

const read = (text: string) => readDockerfile(new SourceText('Dockerfile', text));
const written = ({ source, start, end }: Span) => source.text.slice(start, end);

function instructions(text: string): readonly Instruction[] {
  const { stages, diagnostics } = read(`FROM a\n${text}`);
  expect(diagnostics).toEqual([]);
  return stages[0]!.instructions;
}

function copy(text: string): CopyInstruction {
  const [found] = instructions(text);
  if (found?.kind !== 'copy') throw new Error('no copy');
  return found;
}

function run(text: string): RunInstruction {
  const [found] = instructions(text);
  if (found?.kind !== 'run') throw new Error('no RUN');
  return found;
}

test('stages have names, bases and platforms', () => {
  const { stages, globalArgs } = read(
    'ARG V=1\nFROM --platform=$BUILDPLATFORM golang:$V as Build\nRUN x\nfrom Build\nCOPY --from=build /a /b\n',
  );
  expect(globalArgs[0]?.args[0]?.value?.text).toBe('1');
  expect(stages.map(({ name, base, platform }) => [name?.text, base.text, platform?.text])).toEqual([
    ['build', 'golang:$V', '$BUILDPLATFORM'],
    [undefined, 'Build', undefined],
  ]);
  expect(stages.map(({ instructions: each }) => each.map(({ keyword }) => keyword))).toEqual([['RUN'], ['COPY']]);
});

test.each<[string, readonly string[], string]>([
  ['COPY a b /c', ['a', 'b'], '/c'],
  ['copy\ta\f\v b', ['a'], 'b'],
  ['COPY ["a b", "c\\u0064", "/e f/"]', ['a b', 'cd'], '/e f/'],
  ['COPY [a, b]', ['[a,'], 'b]'],
  ['COPY -- --a b', ['--a'], 'b'],
  ['COPY a \\\n\n  # a comment\n b \\  \n c', ['a', 'b'], 'c'],
  ['COPY a \\\r\n b\r\n', ['a'], 'b'],
  ['COPY <<"E F" a /b\nE F', ['<<"E', 'F"', 'a'], '/b'],
])('%j has these sources', (text, sources, destination) => {
  const found = copy(text);
  expect(found.sources.map((word) => word.text)).toEqual(sources);
  expect(found.destination.text).toBe(destination);
});

test('spans point at the words in the file, over continued lines', () => {
  const found = copy('COPY --chown=me a \\\n  # note\n "b" /c');
  expect(found.sources.map(({ span }) => written(span))).toEqual(['a', '"b"']);
  expect(written(found.destination.span)).toBe('/c');
  expect(written(found.chown!.span)).toBe('me');
  expect(written(found.span)).toBe('COPY --chown=me a \\\n  # note\n "b" /c');
  expect(placeOf(found.destination.span)).toMatchObject({ line: 4, column: 6 });
  expect(copy('COPY ["a b", "/c"]').sources.map(({ span }) => written(span))).toEqual(['"a b"']);
});

test('the flags of COPY and ADD', () => {
  expect(
    copy('COPY --from=x --chown=1:2 --chmod=755 --link --parents=false --exclude=a --exclude="b c" d e'),
  ).toMatchObject({
    from: { text: 'x' },
    chown: { text: '1:2' },
    chmod: { text: '755' },
    link: true,
    parents: false,
    excludes: [{ text: 'a' }, { text: 'b c' }],
    unpack: undefined,
  });
  expect(copy('ADD --unpack=FALSE --checksum=sha256:1 a b')).toMatchObject({
    keyword: 'ADD',
    unpack: false,
    checksum: { text: 'sha256:1' },
    from: undefined,
    link: false,
  });
});

test('here-documents belong to their instruction', () => {
  const found = run('RUN <<ONE <<-"TWO" cat\na $x\nONE\n\tFROM nothing\n\tTWO\nUSER u');
  expect(found.heredocs.map(({ name, expands, chomps, content }) => [name, expands, chomps, content])).toEqual([
    ['ONE', true, false, 'a $x\n'],
    ['TWO', false, true, '\tFROM nothing\n'],
  ]);
  expect(instructions('RUN <<A\nA\nUSER u').map(({ kind }) => kind)).toEqual(['run', 'user']);
  expect(copy('COPY <<A b <<B /c/\n1\nA\n2\nB\n')).toMatchObject({ sources: [{ text: 'b' }], heredocs: { length: 2 } });
  expect(run("RUN echo it's <<EOF").heredocs).toEqual([]);
  expect(run('RUN ["<<EOF"]')).toMatchObject({ heredocs: [], form: 'json', command: ['<<EOF'] });
});

test('ONBUILD has a trigger, also with a here-document', () => {
  const [first, second] = instructions('ONBUILD COPY a b\nONBUILD RUN <<E\nx\nE');
  expect(first).toMatchObject({ kind: 'onbuild', trigger: { kind: 'copy', destination: { text: 'b' } } });
  expect(second).toMatchObject({ kind: 'onbuild', trigger: { kind: 'run', heredocs: [{ content: 'x\n' }] } });
});

test('ENV and ARG', () => {
  const [env, old, arg] = instructions('ENV A="b c" D=e\\ f\nENV G h  i\nARG J K=l');
  expect(env).toMatchObject({
    pairs: [
      { name: { text: 'A' }, value: { text: '"b c"' } },
      { name: { text: 'D' }, value: { text: 'e\\ f' } },
    ],
  });
  expect(old).toMatchObject({ pairs: [{ name: { text: 'G' }, value: { text: 'h  i' } }] });
  expect(arg).toMatchObject({ args: [{ name: { text: 'J' }, value: undefined }, { value: { text: 'l' } }] });
  expect(env?.kind === 'env' && env.pairs.map(({ name, value }) => [written(name.span), written(value.span)])).toEqual([
    ['A', '"b c"'],
    ['D', 'e\\ f'],
  ]);
});

test('the options of mounts', () => {
  expect(
    run('RUN --mount=type=bind,\\"source=a,b\\",RO --mount=target=/x y').mounts.map(({ options }) => options),
  ).toEqual([
    [{ key: 'type', value: 'bind' }, { key: 'source', value: 'a,b' }, { key: 'ro' }],
    [{ key: 'target', value: '/x' }],
  ]);
});

describe('parser directives', () => {
  test.each<[string, string, readonly string[]]>([
    ['# escape=`\nFROM a\nCOPY b `\n c', '`', ['escape']],
    ['#syntax = x/y:1 \n# Check=skip=all\nFROM a\nCOPY b \\\n c', '\\', ['syntax', 'check']],
    ['# a comment\n# escape=`\nFROM a\nCOPY b \\\n c', '\\', []],
    ['\ufeff# escape=`\r\nFROM a\r\nCOPY b `\r\n c\r\n', '`', ['escape']],
    ['\n# escape=`\nFROM a\nCOPY b \\\n c', '\\', []],
  ])('%j', (text, escape, names) => {
    const file = read(text);
    expect(file.escape).toBe(escape);
    expect([...file.directives.keys()]).toEqual(names);
    expect(file.diagnostics).toEqual([]);
    expect(file.stages[0]?.instructions[0]).toMatchObject({ destination: { text: 'c' } });
  });

  test('have values', () => {
    expect(read('#syntax = x/y:1 \nFROM a').directives.get('syntax')).toMatchObject({ text: 'x/y:1' });
  });
});

test('comments and escaped escapes do not continue a line', () => {
  expect(instructions('RUN a \\\\\n# RUN b \\\nUSER c').map(({ keyword }) => keyword)).toEqual(['RUN', 'USER']);
});

test.each<[string, readonly string[]]>([
  ['', ['D001 1:1']],
  ['# only a comment', ['D001 1:1']],
  ['FROM a\nRNU b\nFOO', ['D002 2:1', 'D002 3:1']],
  ['FROM a\nCOPY --form=b c d', ['D003 2:6']],
  ['FROM a\nCMD --help', ['D003 2:5']],
  ['FROM a\nCOPY --link --link --from --link=maybe --chown= b c', ['D004 2:13', 'D004 2:20', 'D004 2:27']],
  ['FROM a\nRUN --network=some b', ['D004 2:15']],
  ['FROM a\nCOPY b\nWORKDIR\nUSER\nEXPOSE', ['D005 2:1', 'D005 3:1', 'D005 4:1', 'D005 5:1']],
  ['FROM a b', ['D005 1:1']],
  ['# escape=x\n# syntax=a\n# syntax=b\nFROM a', ['D006 1:10', 'D006 3:3']],
  ['FROM a\nRUN <<E\nb', ['D007 2:1']],
  ['FROM a\nCOPY b <<E\nE', ['D008 2:8']],
  ['RUN a\nFROM b', ['D009 1:1']],
  ['FROM a AS 1b', ['D010 1:11']],
  ['FROM a\nCMD ["b", 1]\nSHELL sh', ['D011 2:5', 'D011 3:7']],
  ['FROM a\nENV b\nENV =c\nARG =d\nLABEL e=f g', ['D012 2:5', 'D012 3:5', 'D012 4:5', 'D012 5:11']],
  ['FROM a\nONBUILD FROM b\nONBUILD onbuild RUN c\nONBUILD COPY d', ['D013 2:9', 'D013 3:9', 'D005 4:9']],
  ['FROM a\nRUN --mount=type=bind,from=$b c\nRUN --mount=a\\"b c', ['D016 2:13', 'D017 3:13']],
  [`FROM a\nRUN ${'x'.repeat(65_532)}`, ['D021 2:1']],
  [`FROM a\nRUN ${'x'.repeat(65_531)}`, []],
  [
    'FROM a\nHEALTHCHECK b\nHEALTHCHECK CMD\nHEALTHCHECK --bad NONE\nHEALTHCHECK NONE b',
    ['D022 2:13', 'D022 3:13', 'D022 5:13'],
  ],
  ['FROM a\nVOLUME ["b", " "]', ['D005 2:14']],
])('%# refuses what BuildKit refuses', (text, expected) => {
  const { diagnostics } = read(text);
  expect(diagnostics.map(({ code, place }) => `${code} ${place?.line}:${place?.column}`)).toEqual(expected);
});

test('suggests instructions and flags', () => {
  const { diagnostics } = read('FROM a\nRNU b\nCOPY --form=b c d');
  expect(diagnostics.map(({ message }) => message)).toEqual([
    'unknown instruction `RNU`, did you mean `RUN`?',
    'COPY has no flag `--form`, did you mean `--from`?',
  ]);
});

test('no text makes it throw, and every place is in the file', () => {
  const part = fc.constantFrom(
    ...[
      'FROM a',
      'FROM $X AS b',
      'COPY ',
      'ADD ',
      'RUN ',
      '--mount=',
      '--from=b ',
      '<<EOF',
      'EOF',
      '\n',
      '\r\n',
      '\\\n',
      '"',
      "'",
    ],
    ...[
      '[',
      ']',
      '${',
      '}',
      ' ',
      '\t',
      '#',
      '# escape=`\n',
      '`',
      '\\',
      '=',
      ',',
      'ONBUILD ',
      'ENV ',
      'ARG ',
      '\ufeff',
      '\0',
      '\ud800',
      'é',
    ],
  );
  const text = fc.oneof(
    fc.array(part, { maxLength: 40 }).map((parts) => parts.join('')),
    fc.string({ unit: 'binary' }),
  );
  fc.assert(
    fc.property(text, (each) => {
      const file = read(each);
      const { diagnostics } = evaluateDockerfile(file, { args: new Map() });
      for (const { place } of [...file.diagnostics, ...diagnostics])
        if (place !== undefined) expect(place.line).toBeLessThanOrEqual(file.source.lineCount);
    }),
    { numRuns: 300 },
  );
});

const corpus = sharedFiles('corpus/real/dockerfiles');

describe.skipIf(corpus.missing !== undefined)(
  `public Dockerfiles${corpus.missing ? `: ${corpus.missing}` : ''}`,
  () => {
    test('have no mistakes', () => {
      const names = readdirSync(corpus.path).filter((name) => name !== 'index.txt' && !name.endsWith('.dockerignore'));
      expect(names.length).toBeGreaterThan(80);
      const wrong = names.filter((name) => read(readFileSync(join(corpus.path, name), 'utf8')).diagnostics.length > 0);
      expect(wrong).toEqual([]);
    });
  },
);
