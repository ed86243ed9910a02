import { describe, expect, it } from 'vitest';
import { loadText, memoryFiles, placesOf } from '../../../test/rigs/memory-pipeline.ts';
import { loadPipeline, type LoadRequest } from './load-pipeline.ts';
import type { SourceFiles } from '../../util/source-files.ts';

const hello = 's: {st: {container: {image: a, cmds: [b]}}}';

async function load(path: string, files: SourceFiles) {
  return await loadPipeline({ path, files, selection: {} });
}

describe('where a pipeline is', () => {
  const files = memoryFiles({
    '/p/app/.wharf-ci.yml': hello,
    '/p/app/other.yml': '',
    '/p/near/wharf-ci.yaml': '',
    '/p/none/x': '',
  });

  it.each(['/p/app', '/p/app/.wharf-ci.yml'])('%s is found, and named after its folder', async (path) => {
    expect(await load(path, files)).toMatchObject({
      name: 'app',
      directory: '/p/app',
      file: '.wharf-ci.yml',
      stages: ['s'],
      diagnostics: [],
      value: {},
    });
  });

  it.each([
    ['/p/app/other.yml', 'W002', 'a pipeline must be named `.wharf-ci.yml`, not `other.yml`', undefined, 'app'],
    ['/p/none', 'W001', 'no `.wharf-ci.yml` found in `/p/none`', undefined, 'none'],
    ['/p/none/.wharf-ci.yml', 'W001', 'no `.wharf-ci.yml` found in `/p/none`', undefined, 'none'],
    ['/p/near', 'W001', 'no `.wharf-ci.yml` found in `/p/near`', 'rename `wharf-ci.yaml` to `.wharf-ci.yml`', 'near'],
    ['/p/gone', 'W001', 'file or folder `/p/gone` does not exist', undefined, 'gone'],
    [
      '/p/app/src/deep',
      'W001',
      'file or folder `/p/app/src/deep` does not exist',
      'to use the one in `/p/app`, pass that folder',
      'deep',
    ],
  ])('%s is %s', async (path, code, message, help, name) => {
    const loaded = await load(path, files);
    expect(loaded.value).toBeUndefined();
    expect(loaded.name).toBe(name);
    expect(loaded.diagnostics).toEqual([{ code, severity: 'error', message, ...(help !== undefined && { help }) }]);
  });

  it('is reported with the reason of the system if it cannot be read', async () => {
    const denied = async () => await Promise.reject(new Error('EACCES: permission denied'));
    expect((await load('/p/app', { ...files, read: denied })).diagnostics).toMatchObject([
      { code: 'W003', message: 'cannot read the file: EACCES: permission denied', place: { file: '.wharf-ci.yml' } },
    ]);
    expect((await load('/p/app', { ...files, kind: denied })).diagnostics).toMatchObject([{ code: 'W003' }]);
  });

  it('has to be text', async () => {
    expect((await loadText(Uint8Array.of(0x61, 0xff))).diagnostics).toMatchObject([
      { code: 'W003', message: 'cannot read the file: not UTF-8 text' },
    ]);
  });

  it('is not taken from a folder like /tmp where another user has put it', async () => {
    const { diagnostics } = await load('/p/app', {
      ...files,
      ownerOfPlanted: async (path, place) =>
        path === '/p/app/.wharf-ci.yml' && place === 'project' ? 1001 : undefined,
    });
    expect(diagnostics).toMatchObject([
      {
        code: 'W003',
        message: expect.stringContaining('owned by another user (1001)') as string,
        place: { file: '.wharf-ci.yml' },
      },
    ]);
  });
});

it.for<[string, Partial<LoadRequest>, boolean]>([
  ['nothing more than a path', {}, true],
  [
    'a stage, a step, an environment and inputs that are there',
    {
      selection: { stages: ['s'], steps: ['st'], environment: 'dev' },
      inputs: [{ name: 'n', value: '1', from: 'argument' }],
    },
    true,
  ],
  ['another path', { path: '/p/none' }, false],
  ['another stage', { selection: { stages: ['nope'] } }, false],
  ['another step', { selection: { steps: ['nope'] } }, false],
  ['another environment', { selection: { environment: 'nope' } }, false],
  ['another input', { inputs: [{ name: 'm', value: '1', from: 'argument' }] }, false],
  ['an input of another type', { inputs: [{ name: 'n', value: 'one', from: 'argument' }] }, false],
  ['an input of another type in the environment', { environment: { SLIPWAY_INPUT_n: 'one' } }, false],
])('accepts the command line, or not, before it asks for variables: %s', async ([, request, accepted]) => {
  const called: string[] = [];
  const text = `inputs: [{name: n, type: number}]\nenvironments: {dev: {}}\n${hello}`;
  await loadPipeline({
    path: '/p/app',
    files: memoryFiles({ '/p/app/.wharf-ci.yml': text, '/p/none/x': '' }),
    selection: {},
    ...request,
    accepted: () => called.push('accepted'),
    outer: async () => {
      called.push('outer');
      return { value: [], diagnostics: [] };
    },
  });
  expect(called.includes('accepted')).toBe(accepted);
  if (accepted) expect(called).toEqual(['accepted', 'outer']);
});

it.for(['s: [', 's: {st: {container: {imgae: a}}}'])(
  'holds nothing against the command line where the file is wrong: %s',
  async (text) => {
    let accepted = 0;
    await loadPipeline({
      path: '/p/app',
      files: memoryFiles({ '/p/app/.wharf-ci.yml': text }),
      selection: { stages: ['other'] },
      accepted: () => accepted++,
    });
    expect(accepted).toBe(1);
  },
);

it('tells what is in the file even when it cannot be run', async () => {
  const loaded = await loadText(`inputs: [{name: n, type: number}]\nenvironments: {dev: {}}\n${hello}`, {
    selection: { stages: ['x'] },
  });
  expect(loaded.value).toBeUndefined();
  expect(loaded).toMatchObject({
    stages: ['s'],
    environments: ['dev'],
    inputs: [{ name: 'n', type: 'number', default: '0', values: [] }],
  });
  expect(placesOf(loaded)).toEqual(['W050 -']);
});

describe('a pipeline that is wrong', () => {
  const step = '{container: {image: "${nope}", cmds: [b]}}';
  const wrong = '{container: {imgae: a, cmds: [b]}}';

  it.each([
    ['in one step is looked at in the others', `s: {a: ${wrong}, b: ${step}}`, {}, ['W012 1:21', 'W031 1:68']],
    [
      'is not said to lack what is wrong',
      `s: {a: ${wrong}}`,
      { selection: { stages: ['s'], steps: ['a'] } },
      ['W012 1:21'],
    ],
    [
      'in its environments is not held to what they define',
      `environments: {e: {nope: [1]}}\ns: {b: ${step}}`,
      { selection: { environment: 'e' } },
      ['W011 1:26'],
    ],
    ['in its inputs neither', `inputs: [{name: nope, type: sting}]\ns: {b: ${step}}`, {}, ['W033 1:29']],
    ['as YAML neither', `s: {a: ${wrong}, a: 1, b: ${step}}`, {}, ['W012 1:21', 'W010 1:44']],
    [
      'is told what the command line has wrong',
      `s: {a: ${wrong}}`,
      { selection: { environment: 'x' }, inputs: { y: '1' } },
      ['W040 -', 'W052 -', 'W012 1:21'],
    ],
    [
      'and what the operator does not map',
      `s: {a: ${wrong}, b: {kubectl: {file: f, cluster: c}}}`,
      { operator: '' },
      ['W012 1:21', 'W061 1:76'],
    ],
  ])('%s', async (_, text, options, expected) => {
    const loaded = await loadText(text, options);
    expect(loaded.value).toBeUndefined();
    expect(placesOf(loaded)).toEqual(expected);
  });
});
