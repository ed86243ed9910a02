import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { problemsOf } from '../../diagnostics/problem.ts';
import { templateCodes } from '../codes/templates.ts';
import { evaluateTemplate, type TemplateContext } from './evaluate.ts';
import { knownFunctions } from './function-table.ts';
import { parseTemplate } from './parse-template.ts';
import type { Surroundings } from './template-function.ts';
import type { TemplateMistake } from './template-mistake.ts';

const problem = problemsOf(templateCodes);

const quiet: Surroundings = {
  environment: (name) => (name === 'HOME' ? '/home/me' : undefined),
  now: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  zone: 'UTC',
  randomBytes: (count) => Uint8Array.from({ length: count }, (_, index) => index * 7 + 1),
  run: () => ({ failure: 'no program runs here' }),
};

function outcome(text: string, values: Record<string, string> = {}, context: Partial<TemplateContext> = {}) {
  const template = parseTemplate(text);
  if (!('nodes' in template)) return { mistakes: template };
  const result = evaluateTemplate(template, {
    values: new Map(Object.entries(values)),
    missingKey: 'error',
    surroundings: quiet,
    ...context,
  });
  return 'text' in result ? { text: result.text } : { mistakes: [result] };
}

const textOf = (text: string, values: Record<string, string> = {}, context: Partial<TemplateContext> = {}) =>
  outcome(text, values, context).text;

/** The part of the template that a mistake points at, its code and message. */
function messages(text: string, values: Record<string, string> = {}): readonly string[] {
  const show = ({ code, parts, start, end }: TemplateMistake) =>
    `${text.slice(start, end)} ${code} ${problem(code, undefined, parts as never).message}`;
  return (outcome(text, values).mistakes ?? []).map(show);
}

describe('mistakes', () => {
  it.each([
    ['a {{.A', '{{.A S060 invalid template: unclosed action: `}}` is missing'],
    ['{{if .A}}x', ' S060 invalid template: unexpected end of the template: `{{end}}` is missing'],
    ['x{{end}}', 'end S060 invalid template: unexpected `{{end}}`'],
    ['{{"\\q"}}', '"\\q" S060 invalid template: invalid escape sequence in "\\q"'],
    ['{{.A-B}}', '.A- S060 invalid template: unexpected character "-" after .A'],
    ['{{defualt "a" .B}}', 'defualt S061 unknown template function `defualt`, did you mean `default`?'],
    ['{{toYaml .}}', 'toYaml S061 unknown template function `toYaml`'],
    ['{{genCA "a" 3}}', 'genCA S062 templates do not support the function `genCA`'],
    ['{{print 2i}}', '2i S062 templates do not support the complex number 2i'],
    ['{{"\\xff"}}', '"\\xff" S062 templates do not support strings that are not UTF-8'],
    ['{{trunc 1 "é"}}', 'trunc 1 "é" S062 templates do not support cutting a character of several bytes'],
    ['{{printf "%#v" 1}}', 'printf "%#v" 1 S062 templates do not support the verb `%#v` in formats'],
    [
      '{{printf "%[1]d" 1}}',
      'printf "%[1]d" 1 S062 templates do not support argument indexes such as `%[1]d` in formats',
    ],
    ['{{now.Nanosecond}}', 'now.Nanosecond S062 templates do not support `.Nanosecond` of a time'],
    ['{{upper}}', 'upper S063 wrong number of arguments for `upper`: has 0, wants 1'],
    ['{{"x" | replace "a"}}', 'replace "a" S063 wrong number of arguments for `replace`: has 2, wants 3'],
    ['{{default}}', 'default S063 wrong number of arguments for `default`: has 0, wants at least 1'],
    ['{{and}}', 'and S063 wrong number of arguments for `and`: has 0, wants at least 1'],
    ['{{now.Format}}', 'now.Format S063 wrong number of arguments for `Format`: has 0, wants 1'],
    ['{{upper 3}}', '3 S064 argument 1 of `upper` must be string, but is int'],
    ['{{trunc (sub 3 1) "abc"}}', '(sub 3 1) S064 argument 1 of `trunc` must be int, but is int64'],
    ['{{3 | upper}}', 'upper S064 argument 1 of `upper` must be string, but is int'],
    ['{{hasKey . "A"}}', '. S064 argument 1 of `hasKey` must be map[string]interface {}, but is map[string]string'],
    [
      '{{.IMAGE_NAM}}',
      '.IMAGE_NAM S065 the template uses `.IMAGE_NAM`, which is not defined, did you mean `IMAGE_NAME`?',
    ],
    ['{{fail "no tag"}}', 'fail "no tag" S066 template function `fail` failed: no tag'],
    ['{{cmd "git" "x"}}', 'cmd "git" "x" S066 template function `cmd` failed: no program runs here'],
    ['{{b64dec "!"}}', 'b64dec "!" S066 template function `b64dec` failed: the argument is not base64'],
    ['{{$x := 1}}{{$y}}', '$y S068 undefined template variable `$y`'],
    ['{{if 1}}{{$x := 1}}{{end}}{{$x}}', '$x S068 undefined template variable `$x`'],
    ['{{.A.B}}', '.A.B S069 cannot evaluate the template: a string has no field `B`'],
    ['{{range .A}}{{end}}', '.A S069 cannot evaluate the template: `range` cannot go through a string'],
    ['{{.A "x"}}', '.A S069 cannot evaluate the template: `.A` is no function, but has arguments'],
    ['{{template "x"}}', 'template "x" S069 cannot evaluate the template: no template is named `x`'],
  ])('%s', (text, expected) => {
    expect(messages(text, { A: 'a', B: '', IMAGE_NAME: 'i' })).toEqual([expected]);
  });

  it('are found together, even where nothing is evaluated', () => {
    const found = messages('{{if false}}{{nope}}{{$x}}{{end}}{{genCA}}{{.A');
    expect(found.map((each) => each.split(' ')[1])).toEqual(['S061', 'S068', 'S062', 'S060']);
  });

  it('have a help', () => {
    expect(problem('S061', undefined, { name: 'include', known: [] }).help).toBe('only charts of Helm have `include`');
    const help = (wants: string) => problem('S064', undefined, { name: 'f', argument: 1, wants, has: 'x' }).help;
    expect(['string', 'int', 'float64', 'bool'].map(help)).toEqual([
      ...['convert the argument with `toString`', 'convert the argument with `int`'],
      ...['convert the argument with `float64`', undefined],
    ]);
    expect(problem('S068', undefined, { name: '$HOME', known: [] }).help).toBe(
      'to read an environment variable, write `.HOME`',
    );
  });
});

describe('missing keys', () => {
  it.each([
    ['{{.A}}', '<no value>'],
    ['{{.A.B}}', '<no value>'],
    ['{{default "x" .A}}', 'x'],
    ['{{printf "%s" .A}}', '%!s(<nil>)'],
  ])('%s is shown or a mistake', (text, shown) => {
    expect(textOf(text, {}, { missingKey: 'show' })).toBe(shown);
    expect(outcome(text).mistakes?.[0]?.code).toBe('S065');
  });
});

describe('surroundings', () => {
  it('are handed in', () => {
    expect(textOf('{{env "HOME"}} {{env "NONE"}}| {{expandenv "$HOME/${HOME}x$NONE"}}')).toBe(
      '/home/me | /home/me//home/mex',
    );
    expect(textOf('{{uuidv4}} {{randAlphaNum 4 | len}} {{randNumeric 3 | len}} {{randBytes 2}}')).toBe(
      '01080f16-1d24-4b32-b940-474e555c636a 4 3 AQg=',
    );
    expect(textOf('{{now | date "2006-01-02 15:04:05.000"}} {{now}} {{ago (now | dateModify "-90s")}}')).toBe(
      '2026-01-02 03:04:05.678 2026-01-02 03:04:05.678 +0000 UTC 1m30s',
    );
    const zoned = { surroundings: { ...quiet, zone: 'Asia/Tokyo' } };
    expect(textOf('{{now.Hour}} {{now.UTC.Hour}} {{now.Month}} {{now.Weekday}} {{date "15 -07" now}}', {}, zoned)).toBe(
      '12 3 January Friday 12 +09',
    );
    expect(outcome('{{date "MST" now}}', {}, zoned).mistakes?.[0]?.code).toBe('S062');
  });

  it('run programs without a shell', () => {
    const run = (program: string, args: readonly string[]) => ({ output: ` ${JSON.stringify([program, ...args])}\n` });
    expect(textOf('{{cmd "echo" "$HOME; ls" .A}}', { A: '*' }, { surroundings: { ...quiet, run } })).toBe(
      '["echo","$HOME; ls","*"]',
    );
  });
});

describe('limits', () => {
  it.each([
    ['numbers', '{{range 100000000000}}{{end}}', 'step'],
    ['lists', '{{untilStep 0 100000000000 1}}', 'step'],
    ['repetition', '{{repeat 100000000 "a"}}', 'byte'],
    ['doubled texts', '{{$x := "a"}}{{range 100}}{{$x = print $x $x}}{{end}}', 'byte'],
    ['output', '{{range 100000}}0123456789abcdef{{end}}', 'byte'],
    ['shared lists', '{{$x := list 1}}{{range 50}}{{$x = list $x $x}}{{end}}{{print $x}}', 'step'],
    [
      'compared lists',
      '{{$x := list 1}}{{$y := list 1}}{{range 50}}{{$x = list $x $x}}{{$y = list $y $y}}{{end}}{{deepEqual $x $y}}',
      'step',
    ],
    ['maps in themselves', '{{$d := dict}}{{$_ := set $d "a" $d}}{{$d}}', 'level'],
    ['JSON of them', '{{$d := dict}}{{$_ := set $d "a" $d}}{{toJson $d}}', 'level'],
    ['templates that call themselves', '{{define "a"}}{{template "a"}}{{end}}{{template "a"}}', 'level'],
    ['parentheses', `{{${'('.repeat(5000)}1${')'.repeat(5000)}}}`, 'level'],
    ['blocks', '{{if 1}}'.repeat(5000) + '{{end}}'.repeat(5000), 'level'],
    ['regular expressions', `{{range 100}}{{regexMatch "(a|aa)+$" (print (repeat 20000 "a") "b")}}{{end}}`, 'step'],
    ['replacements', '{{replace "" (repeat 10000 "b") (repeat 10000 "a")}}', 'byte'],
    ['time zones', '{{range 100000}}{{$_ := dateInZone "2006" 0 "Europe/Berlin"}}{{end}}', 'step'],
  ])('end %s', (_, text, unit) => {
    const mistakes = outcome(text).mistakes ?? [];
    expect(mistakes).toMatchObject([{ code: 'S067', parts: { unit } }]);
  });

  it.each([
    ['{{durationRound .A}}', '1'.repeat(300_000)],
    ['{{expandenv .A | len}}', '${'.repeat(300_000)],
    ['{{semverCompare .A "1.2.3"}}', '>=1 '.repeat(100_000)],
    ['{{regexMatch .A "a"}}', `${'(?:'.repeat(90)}a${')*'.repeat(90)}`],
    ['{{trim .A | len}}', `a${' '.repeat(900_000)}b`],
    ['{{fromJson .A}}', '['.repeat(400_000)],
  ])('%s ends for hostile values', (text, value) => {
    expect(Object.keys(outcome(text, { A: value }))).toHaveLength(1);
  });
});

it('a text without actions is itself', () => {
  expect(textOf('')).toBe('');
  expect(textOf('}} { "x" \\n')).toBe('}} { "x" \\n');
});

it('the functions have no names of the runtime', () => {
  for (const name of ['constructor', '__proto__', 'hasOwnProperty', 'valueOf']) {
    expect(knownFunctions.has(name)).toBe(false);
    expect(messages(`{{.${name}}}`).map((each) => each.split(' ')[1])).toEqual(['S065']);
  }
});

it('no text throws', () => {
  const piece = fc.constantFrom(
    ...['{{', '}}', '{{-', '-}}', ' ', '\n', '/*', '*/', '.', '.A', '$', '$x', ':=', '=', '|', '(', ')', ',', '"', '`'],
    ...[
      "'",
      '\\',
      '"a"',
      '1',
      '-2.5',
      '0x',
      'true',
      'nil',
      'if ',
      'else',
      'end',
      'range ',
      'with ',
      'define ',
      'block ',
    ],
    ...['template ', 'break', 'continue', 'é', '\ud800', '%', '{', '}', '_', ':', '+'],
    ...knownFunctions.names.map((name) => `${name} `),
  );
  const text = fc.oneof(
    fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join('').slice(0, 200)),
    fc.array(piece, { maxLength: 8 }).map((pieces) => `{{${pieces.join(' ')}}}`.slice(0, 200)),
    fc.string({ unit: 'grapheme', maxLength: 200 }),
  );
  fc.assert(
    fc.property(text, (each) => {
      const { text: shown, mistakes } = outcome(each, { A: 'a', B: '' }, { missingKey: 'show' });
      for (const { start, end } of mistakes ?? []) {
        expect(start).toBeLessThanOrEqual(end);
        expect(end).toBeLessThanOrEqual(each.length + 1);
      }
      return (shown === undefined) === (mistakes ?? []).length > 0;
    }),
    { numRuns: 1000 },
  );
});
