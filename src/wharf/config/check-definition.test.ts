import { describe, expect, it } from 'vitest';
import { SourceText } from '../../diagnostics/source-text.ts';
import { checkPipeline } from '../../../test/rigs/check-pipeline.ts';

function check(text: string) {
  return checkPipeline(new SourceText('.wharf-ci.yml', text));
}

function messages(text: string): readonly string[] {
  return check(text).diagnostics.map(
    ({ code, message, place }) => `${place?.line ?? 0}:${place?.column ?? 0} ${code} ${message}`,
  );
}

/** A stage with one container step, with these lines in the step. */
const step = (...lines: string[]) =>
  `s:\n  st:\n    container: {image: a, cmds: [b]}\n${lines.map((line) => `    ${line}\n`).join('')}`;
/** A container step with these fields. */
const container = (fields: string) => `s: {st: {container: {${fields}}}}`;

describe('the root', () => {
  it.each([
    ['[1, 2]', ['1:1 W011 a pipeline must be a map of stages, but is a list']],
    ['text', ['1:1 W011 a pipeline must be a map of stages, but is a string']],
    ['inputs: []', ['1:1 W056 the pipeline has no stages']],
    ['a: 1', ['1:4 W011 stage `a` must be a map of steps, but is an integer']],
    ['a:', ['1:1 W017 stage `a` has no steps']],
    ['a: {}', ['1:1 W017 stage `a` has no steps']],
    ['a: {environments: []}', ['1:1 W017 stage `a` has no steps']],
    ['input: [{name: x}]', ['1:8 W011 stage `input` must be a map of steps, but is a list, did you mean `inputs`?']],
    ['? [x]\n: 1\n', ['1:1 W056 the pipeline has no stages', '1:3 W018 a key must be a name, but is a list'].slice(1)],
  ])('%j', (text, expected) => {
    expect(messages(text).filter((message) => !message.includes('1:1 W056') || text.startsWith('inputs'))).toEqual(
      expected,
    );
  });

  it('takes any other key for a stage, in the order of the file', () => {
    const { value } = check('zeta: &s {st: {container: {image: a, cmds: [b]}}}\nEnvironments: *s\n1: *s\n"a b/c": *s');
    expect(value?.stages.map((stage) => stage.name)).toEqual(['zeta', 'Environments', '1', 'a b/c']);
  });
});

describe('stages', () => {
  it.each([
    [
      'environments: {e: }\ns: {environments: [e, x, "", 3], st: {container: {image: a, cmds: [b]}}}',
      [
        '2:23 W022 unknown environment `x`',
        '2:26 W014 `environments` item 3 must not be empty',
        '2:30 W011 `environments` item 4 must be a string, but is an integer',
      ],
    ],
    [
      's: {environments: e, st: {container: {image: a, cmds: [b]}}}',
      ['1:19 W011 `environments` must be a list, but is a string'],
    ],
    ['s: {runs-if: never, st: {container: {image: a, cmds: [b]}}}', ['1:14 W020 unknown run condition `never`']],
    [
      's: {runs-if: true, st: {container: {image: a, cmds: [b]}}}',
      ['1:14 W011 `runs-if` must be a string, but is a boolean'],
    ],
    [
      's: {runs-if: fail, run-if: fail, st: {container: {image: a, cmds: [b]}}}',
      ['1:20 W021 stage `s` has both `runs-if` and `run-if`'],
    ],
    [
      's: {runs_if: fail, st: {container: {image: a, cmds: [b]}}}',
      ["1:14 W011 step `runs_if` must be a map, but is a string, did you mean the stage's field `runs-if`?"],
    ],
    ['s: {"": {container: {image: a, cmds: [b]}}}', ['1:5 W014 the name of a step must not be empty']],
    ['s: {st: {container: {image: a, cmds: [b]}}, st: {}}', ['1:45 W010 duplicate key `st`']],
  ])('%j', (text, expected) => {
    expect(messages(text)).toEqual(expected);
  });

  it.each([
    ['success', 'success'],
    ['Fail', 'fail'],
    ['ALWAYS', 'always'],
  ])('take the condition %s in any case', (written, condition) => {
    expect(check(`s: {run-if: ${written}, st: {container: {image: a, cmds: [b]}}}`).value?.stages[0]?.runsIf).toBe(
      condition,
    );
  });
});

describe('steps', () => {
  it.each([
    ['s: {st: }', ['1:5 W015 step `st` has no step type']],
    ['s: {st: {}}', ['1:5 W015 step `st` has no step type']],
    ['s: {st: {timeout: 3s}}', ['1:5 W015 step `st` has no step type']],
    ['s: {container: {image: a, cmds: [b]}}', ['1:5 W015 missing step name: `container` is a step type']],
    [
      's: {docker: {file: Dockerfile, tag: a}, kubectl: {file: b}}',
      ['1:5 W015 missing step name: `docker` is a step type', '1:41 W015 missing step name: `kubectl` is a step type'],
    ],
    [
      's: {container: {contianer: {image: a, cmds: [b]}}}',
      ['1:17 W012 unknown field `contianer` in step `container`, did you mean `container`?'],
    ],
    ['s: {container: {container: {image: a, cmds: [b]}}}', []],
    ['s: {st: {contianer: {}}}', ['1:10 W012 unknown field `contianer` in step `st`, did you mean `container`?']],
    ['s: {st: [a]}', ['1:9 W011 step `st` must be a map, but is a list']],
    [
      's: {st: {container: {image: a, cmds: [b]}, docker: {}}}',
      ['1:44 W016 step `st` has 2 step types: `container`, `docker`'],
    ],
    ['s: {st: {docker: 3}}', ['1:18 W011 `docker` must be a map, but is an integer']],
    [
      's:\n  st:\n    container:',
      ['3:5 W013 a container step requires the field `image`', '3:5 W013 a container step requires the field `cmds`'],
    ],
  ])('%j', (text, expected) => {
    expect(messages(text)).toEqual(expected);
  });

  it.each([
    ['timeout: 10', '4:14 W024 `timeout`: `10` has no unit'],
    ['timeout: soon', '4:14 W024 `timeout`: `soon` is not a duration'],
    ['timeout: [1s]', '4:14 W011 `timeout` must be a duration, but is a list'],
    ['timeout: ${t}', '4:14 W030 `timeout` does not support variables, but is `${t}`'],
    ['retries: -1', '4:14 W026 `retries` must be from 0 to 100, but is -1'],
    ['retries: 1.5', '4:14 W011 `retries` must be an integer, but is a number'],
    ['retries: "2"', '4:14 W011 `retries` must be an integer, but is a string'],
    ['allow-failure: yes', '4:20 W011 `allow-failure` must be a boolean, but is a string'],
    ['memory: 512', '4:13 W025 `memory`: `512` has no unit'],
    ['memory: 5Mi', '4:13 W025 `memory`: `5Mi` is less than 6Mi'],
    ['artifacts: dist', '4:16 W011 `artifacts` must be a list, but is a string'],
    ['artifacts: [/etc/passwd]', '4:17 W027 `artifacts`: `/etc/passwd` is outside the workspace'],
    ['artifacts: [a/../../b]', '4:17 W027 `artifacts`: `a/../../b` is outside the workspace'],
    ['artifacts: [""]', '4:17 W014 an item of `artifacts` must not be empty'],
    ['artifacts: ["${d}/**"]', '4:17 W030 `artifacts` does not support variables, but is `${d}/**`'],
    ['cache: [../x]', '4:13 W027 `cache`: `../x` is outside the workspace'],
    ['cache: ["*.o"]', '4:13 W028 `cache`: `*.o` is a pattern, but a cache is one file or folder'],
    ['cache: [./]', '4:13 W028 `cache`: `./` is the whole workspace'],
    ['env: [A=1]', '4:10 W011 `env` must be a map, but is a list'],
    ['env: {A: [1]}', '4:14 W011 `env` `A` must be a string, number or boolean, but is a list'],
    ['env: {A: }', '4:14 W011 `env` `A` must be a string, number or boolean, but is empty'],
    ['env: {A=B: 1}', '4:11 W029 the name `A=B` in `env` must not contain `=`'],
    ['env: {"": 1}', '4:11 W014 a name in `env` must not be empty'],
  ])('%s', (line, expected) => {
    expect(messages(step(line))).toEqual([expected]);
  });

  it('say what to write for a word that means a boolean elsewhere', () => {
    expect(check(step('allow-failure: off')).diagnostics[0]?.help).toBe('write false');
  });

  it('keep every value of env as it is written', () => {
    const spec = check(step('env: {A: 1.50, B: 0x10, C: true, D: yes, E: "", __proto__: p}')).value?.stages[0]?.steps[0]
      ?.spec;
    expect(Object.entries(spec?.kind === 'container' ? spec.env : {})).toEqual([
      ['A', '1.50'],
      ['B', '0x10'],
      ['C', 'true'],
      ['D', 'yes'],
      ['E', ''],
      ['__proto__', 'p'],
    ]);
  });

  it('keep each path once, caches tidied', () => {
    const checked = check(step('artifacts: [a, b, a]', 'cache: [./.npm/, .npm]')).value?.stages[0]?.steps[0];
    expect(checked).toMatchObject({ artifacts: ['a', 'b'], cache: ['.npm'] });
  });
});

describe('container steps', () => {
  it.each([
    [
      'image: 1, cmds: [1, [2], x]',
      [
        '1:29 W011 `image` must be a string, but is an integer',
        '1:39 W011 `cmds` item 1 must be a string, but is an integer',
        '1:42 W011 `cmds` item 2 must be a string, but is a list',
      ],
    ],
    ['image: "", cmds: []', ['1:29 W014 `image` must not be empty', '1:39 W014 `cmds` must not be empty']],
    ['image: a, cmds: make', ['1:38 W011 `cmds` must be a list, but is a string']],
    [
      'image: a, cmds: [b], os: windows',
      ['1:47 W023 unsupported operating system `windows`: steps run only on `linux`'],
    ],
    ['image: a, cmds: [b], os: true', ['1:47 W011 `os` must be a string, but is a boolean']],
    ['image: a, cmds: ["\\0"]', ['1:39 W029 `cmds` item 1 must not contain a NUL character']],
    [
      'image: a, cmds: [b], secretname: x',
      ['1:43 W012 unknown field `secretname` in a container step, did you mean `secretName`?'],
    ],
    ['imgae: a, cmds: [b]', ['1:22 W012 unknown field `imgae` in a container step, did you mean `image`?']],
  ])('%s', (fields, expected) => {
    expect(messages(container(fields))).toEqual(expected);
  });

  it('explain the command that YAML reads as a map', () => {
    const { diagnostics } = check(
      's:\n  st:\n    container:\n      image: a\n      cmds:\n        - echo key: value\n',
    );
    expect(diagnostics[0]).toMatchObject({
      code: 'W011',
      help: 'put a text that contains `: ` in quotes',
      place: { line: 6, column: 11 },
    });
  });

  it('know which fields there are', () => {
    expect(check(container('image: a, cmds: [b], zzz: 1')).diagnostics[0]?.help).toBe(
      'known fields: `image`, `cmds`, `os`, `shell`, `secretName`, `serviceAccount` or `certificatesMountPath`',
    );
  });
});

describe('environments', () => {
  it.each([
    ['environments: [dev]', '1:15 W011 `environments` must be a map, but is a list'],
    ['environments: {dev: 1}', '1:21 W011 environment `dev` must be a map, but is an integer'],
    ['environments: {dev: {a: [1]}}', '1:25 W011 variable `a` must be a string, number or boolean, but is a list'],
    ['environments: {"": {}}', '1:16 W014 the name of an environment must not be empty'],
  ])('%s', (line, expected) => {
    expect(messages(`${line}\n${container('image: a, cmds: [b]')}`)).toEqual([expected]);
  });
});

describe('inputs', () => {
  it.each([
    ['{a: b}', '1:9 W011 `inputs` must be a list, but is a map'],
    ['[a]', '1:10 W011 `inputs` item 1 must be a map, but is a string'],
    ['[{type: string}]', '1:10 W013 input 1 requires the field `name`'],
    ['[{name: a}]', '1:10 W013 input 1 requires the field `type`'],
    ['[{name: a, type: text}]', '1:26 W033 unknown input type `text`'],
    ['[{name: a, type: sting, default: 3}]', '1:26 W033 unknown input type `sting`, did you mean `string`?'],
    ['[{name: a, type: string, default: 123}]', '1:43 W011 `default` must be a string, but is an integer'],
    ['[{name: a, type: number, default: "1"}]', '1:43 W011 `default` must be a number, but is a string'],
    ['[{name: a, type: string, values: [a]}]', '1:34 W012 unknown field `values` in input 1'],
    ['[{name: a, type: choice, values: [x, y]}]', '1:10 W013 input 1 requires the field `default`'],
    ['[{name: a, type: choice, default: x}]', '1:10 W013 input 1 requires the field `values`'],
    ['[{name: a, type: choice, default: x, values: []}]', '1:54 W014 `values` must not be empty'],
    [
      '[{name: a, type: choice, default: yy, values: [x, y]}]',
      '1:43 W035 the default `yy` is not one of the values, did you mean `y`?',
    ],
    [
      '[{name: a, type: choice, default: "1", values: [1]}]',
      '1:57 W011 `values` item 1 must be a string, but is an integer',
    ],
    ['[{name: a, type: password, default: 1}]', '1:45 W011 `default` must be a string, but is an integer'],
    ['[{name: a, type: string}, {name: a, type: number}]', '1:42 W034 duplicate input `a`'],
  ])('%s', (inputs, expected) => {
    expect(messages(`inputs: ${inputs}\n${container('image: a, cmds: [b]')}`)[0]).toBe(expected);
  });
});

it('tells all mistakes at once, in the order of the file', () => {
  const text =
    'environments: {dev: {a: [1]}}\nbuild:\n  run-if: allways\n  web:\n    container:\n      imgae: node\n      cmds: [1]\n    timout: 3s\n';
  expect(messages(text).map((message) => message.slice(0, message.indexOf('W') + 4))).toEqual([
    '1:25 W011',
    '3:11 W020',
    '6:7 W012',
    '7:14 W011',
    '8:5 W012',
  ]);
});

it('tells a mistake under an anchor once, where it is written', () => {
  const text = 'a:\n  s: &s\n    container: {image: 1, cmds: [b]}\nb:\n  s: *s\nc:\n  s:\n    <<: *s\n';
  expect(messages(text)).toEqual(['3:24 W011 `image` must be a string, but is an integer']);
});
