/**
 * Compares Slipway with the earlier tools of this language: measured results of the reference, and its known defects.
 * Slipway does the same unless `docs/wharf-compat.md` documents a difference.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadText, type LoadOptions } from '../../../test/rigs/memory-pipeline.ts';
import type { LoadedPipeline } from './load-pipeline.ts';

const lines = ({ diagnostics }: LoadedPipeline) =>
  diagnostics
    .filter(({ severity }) => severity !== 'info')
    .map(({ code, message, place }) => `${place?.line ?? 0}:${place?.column ?? 0} ${code} ${message}`);
const found = async (text: string, options: LoadOptions = {}) => lines(await loadText(text, options));

describe('what the parser was measured to say', () => {
  it.each([
    ['[1,2]', ['1:1 W011 a pipeline must be a map of stages, but is a list']],
    ['a: 1\na: 2', ['1:4 W011 stage `a` must be a map of steps, but is an integer', '2:1 W010 duplicate key `a`']],
    [
      's:\n  st:\n    container:',
      ['3:5 W013 a container step requires the field `image`', '3:5 W013 a container step requires the field `cmds`'],
    ],
    [
      's: {st: {container: {image: 1, cmds: [1,[2],x], os: true}}}',
      [
        '1:29 W011 `image` must be a string, but is an integer',
        '1:39 W011 `cmds` item 1 must be a string, but is an integer',
        '1:41 W011 `cmds` item 2 must be a string, but is a list',
        '1:53 W011 `os` must be a string, but is a boolean',
      ],
    ],
    ['s: {st: {docker: {destination: d, file: f, tag: ", ,"}}}', ['1:49 W070 `tag`: `, ,` contains no tag']],
    [
      's: {st: {docker: {destination: d, file: f, tag: t, push: "true", secretArgs: [A, =b, c=, d=e]}}}',
      [
        '1:58 W011 `push` must be a boolean, but is a string',
        '1:66 W072 `secretArgs` has no effect without `secretName`',
        '1:79 W071 `secretArgs`: `A` has no `=`',
        '1:82 W071 `secretArgs`: `=b` has no name before the `=`',
        '1:86 W071 `secretArgs`: `c=` has no key after the `=`',
      ],
    ],
    ['s: {st: {kubectl: {}}}', ['1:10 W013 a kubectl step requires the field `file`']],
    ['s: {st: {kubectl: {files: []}}}', ['1:27 W014 `files` must not be empty']],
    [
      'environments: {e: {}}\ns: {environments: [a, "", 3], st: {container: {image: a, cmds: [b]}}}',
      [
        '2:20 W022 unknown environment `a`',
        '2:23 W014 `environments` item 2 must not be empty',
        '2:27 W011 `environments` item 3 must be a string, but is an integer',
      ],
    ],
  ])('%j', async (text, expected) => {
    expect(await found(text)).toEqual(expected);
  });

  it('of a loop of variables: at its use, and other stages are still looked at', async () => {
    const text =
      'environments: {e: {a: "${b}", b: "${a}"}}\ns: {st: {container: {image: "${a}", cmds: [b]}}}\nt: {st: {container: {image: "${gone}", cmds: [b]}}}';
    expect(await found(text, { selection: { environment: 'e' } })).toEqual([
      '2:30 W032 circular reference: `a` → `b` → `a`',
      '3:30 W031 undefined variable `gone`',
    ]);
  });
});

describe('types of variables', () => {
  const image = (value: string) =>
    `environments: {e: {n: ${value}}}\ns: {st: {container: {image: "\${n}", cmds: [b]}}}`;
  const push = (value: string) =>
    `environments: {e: {b: ${value}}}\ns: {st: {docker: {destination: d, file: f, tag: t, push: "\${b}"}}}`;

  it.each([
    ['a number alone in a text is its text', image('3'), []],
    ['as it is written', image('1.50'), []],
    ['a boolean for a boolean', push('true'), []],
    ['a string that says so', push('"false"'), []],
    [
      'anything else is told where it is used',
      push('3'),
      ['2:58 W011 `push` must be a boolean, but is "3", the value of ${b}'],
    ],
    ['an empty one too', push(''), ['2:58 W037 `push` is empty after substituting the variables in `${b}`']],
  ])('%s', async (_, text, expected) => {
    expect(await found(text, { selection: { environment: 'e' } })).toEqual(expected);
  });

  it.each([
    ['3', { name: 'n', source: 'environment e', value: 3 }],
    ['1.50', { name: 'n', source: 'environment e', value: 1.5, text: '1.50' }],
    ['true', { name: 'n', source: 'environment e', value: true }],
    ['yes', { name: 'n', source: 'environment e', value: 'yes' }],
    ['0x10', { name: 'n', source: 'environment e', value: 16, text: '0x10' }],
  ])('%s is planned with type and text', async (value, expected) => {
    expect((await loadText(image(value), { selection: { environment: 'e' } })).value?.variables).toEqual([expected]);
  });

  it('of the process are strings, and do for a boolean all the same', async () => {
    const outer = { REG_INSECURE: 'true' };
    expect(await found('s: {st: {docker: {destination: d, file: f, tag: t}}}', { outer })).toEqual([]);
    expect(
      await found('s: {st: {docker: {destination: d, file: f, tag: t}}}', { outer: { REG_INSECURE: 'maybe' } }),
    ).toEqual(['1:10 W011 variable `REG_INSECURE` must be a boolean, but is "maybe", the value of ${REG_INSECURE}']);
  });
});

describe('defects that are none any more', () => {
  const container = '{container: {image: a, cmds: [b]}}';

  it('both spellings of the condition are read', async () => {
    const { value } = await loadText(`a: {runs-if: fail, s: ${container}}\nb: {run-if: ALWAYS, s: ${container}}`);
    expect(value?.plan.stages.map(({ runsIf }) => runsIf)).toEqual(['fail', 'always']);
  });

  it('`set` of helm is kept', async () => {
    const { value } = await loadText('s: {st: {helm: {chart: ./c, name: n, namespace: n, set: {a.b: 1.0, c: true}}}}');
    expect(value?.plan.stages[0]?.steps[0]?.spec).toMatchObject({ kind: 'helm', set: { 'a.b': '1.0', c: 'true' } });
  });

  it('`helm-package: {}` is a whole step', async () => {
    expect(
      await found('s: {st: {helm-package: {}}}', { outer: { CHART_REPO: 'oci://r.example.org', REPO_GROUP: 'team' } }),
    ).toEqual([]);
  });

  it('certificates of `nuget-package` and `append-cert` are asked for', async () => {
    const text =
      's: {a: {nuget-package: {version: "1", project-path: p, repo: r, certificatesMountPath: /c}}, b: {docker: {destination: d, file: f, tag: t, append-cert: true}}}';
    expect((await loadText(text, { operator: 'certificates: /c' })).value?.names.certificates).toBe(true);
  });

  it('Windows is refused before anything runs', async () => {
    expect(
      await found('s: {st: {container: {image: a, cmds: [b], os: "${os}"}}}', { outer: { os: 'windows' } }),
    ).toEqual(['1:47 W023 unsupported operating system `windows`: steps run only on `linux`']);
    expect(await found('s: {st: {container: {image: a, cmds: [b], os: Linux}}}')).toEqual([]);
  });

  it.each([
    ['an empty stage', 's: {environments: []}', ['1:1 W017 stage `s` has no steps']],
    [
      'a default of the wrong type',
      `inputs: [{name: a, type: string, default: 123}]\ns: {st: ${container}}`,
      ['1:43 W011 `default` must be a string, but is an integer'],
    ],
    [
      'values that are no strings',
      `inputs: [{name: a, type: choice, default: x, values: [1, x]}]\ns: {st: ${container}}`,
      ['1:55 W011 `values` item 1 must be a string, but is an integer'],
    ],
    [
      'an unknown field of an input',
      `inputs: [{name: a, type: string, vaules: [x]}]\ns: {st: ${container}}`,
      ['1:34 W012 unknown field `vaules` in input 1'],
    ],
    [
      'an unknown field of a step',
      's: {st: {kubectl: {file: f, forced: true}}}',
      ['1:29 W012 unknown field `forced` in a kubectl step, did you mean `force`?'],
    ],
    [
      'an unknown type of step',
      's: {st: {dokcer: {}}}',
      ['1:10 W012 unknown field `dokcer` in step `st`, did you mean `docker`?'],
    ],
    ['an empty file', '', ['1:1 W005 the file is empty']],
    [
      'a value from elsewhere that does not fit',
      'environments: {e: {t: a b}}\ns: {st: {docker: {destination: d, file: f, tag: "${t}"}}}',
      ['2:49 W070 `tag`: `a b` is not a valid image tag'],
    ],
  ])('%s is told, with its place', async (_, text, expected) => {
    expect(await found(text, { selection: text.startsWith('environments') ? { environment: 'e' } : {} })).toEqual(
      expected,
    );
  });

  it('merged keys give way to own ones, and no step is there twice', async () => {
    const { value } = await loadText(
      `a: &a {one: ${container}, two: ${container}}\nb:\n  <<: [*a, {three: ${container}}]\n  two: {container: {image: other, cmds: [b]}}\n`,
    );
    expect(value?.plan.stages[1]?.steps.map(({ name, spec }) => [name, 'image' in spec && spec.image])).toEqual([
      ['one', 'a'],
      ['three', 'a'],
      ['two', 'other'],
    ]);
  });

  it('capital letters in the group of an image are no mistake', async () => {
    expect(
      await found('s: {st: {docker: {file: f, tag: t}}}', {
        outer: { REG_URL: 'r.example.org', REPO_GROUP: 'My/Team', REPO_NAME: 'App' },
      }),
    ).toEqual([]);
  });
});

describe('public pipelines, given their variables', () => {
  const folder = new URL('../../../test/fixtures/wharf/', import.meta.url);
  const outer = {
    REG_URL: 'harbor.example.org',
    CHART_REPO: 'https://harbor.example.org/chartrepo',
    REPO_GROUP: 'default',
    REPO_NAME: 'app',
    GIT_TAG: 'v1.0',
    GIT_COMMIT: 'abc',
    GIT_BRANCH: 'main',
    BUILD_REF: '7',
  };

  it.each(readdirSync(folder))('%s is planned', async (file) => {
    const text = readFileSync(new URL(file, folder), 'utf8');
    expect(await found(text, { outer })).toEqual([]);
    const { environments } = await loadText(text, { outer });
    for (const environment of environments) {
      const loaded = await loadText(text, { outer, selection: { environment } });
      expect(lines(loaded)).toEqual([]);
      expect(loaded.value?.plan.stages.every((stage) => !stage.notSelected || stage.steps.length > 0)).toBe(true);
    }
  });
});
