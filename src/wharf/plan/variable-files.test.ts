import { describe, expect, it } from 'vitest';
import { memoryFiles } from '../../../test/rigs/memory-pipeline.ts';
import { variableFilePlaces } from '../vars/variable-file-places.ts';
import { loadPipeline, loadVariables, type LoadRequest } from './load-pipeline.ts';
import type { SourceFiles } from '../../util/source-files.ts';
import { readVariableFiles } from './variable-files.ts';

const directory = '/home/dev/demo';
const pipeline =
  'environments: {prod: {host: "prod.${DOMAIN}"}}\ntest: {unit: {container: {image: "alpine:3", cmds: ["${tag}"]}}}\n';
const places = variableFilePlaces(directory, { platform: 'linux', env: {}, home: '/home/dev' });

function request(files: SourceFiles, selection: LoadRequest['selection'] = {}): LoadRequest {
  return {
    path: directory,
    files,
    selection,
    outer: async (where) =>
      await readVariableFiles(variableFilePlaces(where, { platform: 'linux', env: {}, home: '/home/dev' }), files),
  };
}

describe('variables of files', () => {
  it('are those of the nearest file that has them', async () => {
    const files = memoryFiles({
      [`${directory}/.wharf-ci.yml`]: pipeline,
      [`${directory}/.wharf-vars.yml`]: 'vars: {a: demo}',
      '/home/.wharf-vars.yml': 'vars: {a: home, tag: home}',
      '/home/dev/.config/iver-wharf/wharf-cmd/wharf-vars.yml': 'vars: {a: user, b: user}',
      '/etc/iver-wharf/wharf-cmd/wharf-vars.yml': 'vars: {b: machine, DOMAIN: example.com}',
    });
    const { value } = await loadVariables(request(files, { environment: 'prod' }));
    expect(['a', 'b', 'tag', 'DOMAIN'].map((name) => [value?.find(name)?.value, value?.find(name)?.source])).toEqual([
      ['demo', '.wharf-vars.yml'],
      ['user', '/home/dev/.config/iver-wharf/wharf-cmd/wharf-vars.yml'],
      ['home', '/home/.wharf-vars.yml'],
      ['example.com', '/etc/iver-wharf/wharf-cmd/wharf-vars.yml'],
    ]);
    expect(value?.all('a').map((one) => one.value)).toEqual(['demo', 'home', 'user']);
    expect(value?.resolve('host')).toMatchObject({ parts: ['prod.example.com'] });
    expect((await loadPipeline(request(files))).value?.variables).toMatchObject([{ name: 'tag', value: 'home' }]);
  });

  it('are wrong together with the pipeline, each mistake with its file', async () => {
    const files = memoryFiles({
      [`${directory}/.wharf-ci.yml`]: 'test: {unit: {container: {image: 1}}}',
      [`${directory}/.wharf-vars.yml`]: 'vars: {a: [1]}',
      '/home/.wharf-vars.yml': 'vars: [',
    });
    const { diagnostics, value } = await loadPipeline(request(files));
    expect(value).toBeUndefined();
    expect([...new Set(diagnostics.map(({ place }) => place?.file))]).toEqual([
      '.wharf-ci.yml',
      '.wharf-vars.yml',
      '/home/.wharf-vars.yml',
    ]);
  });

  it.each([
    ['/home/dev/demo/.wharf-vars.yml', 'W003', false],
    ['/home/.wharf-vars.yml', 'W045', true],
    ['/etc/iver-wharf/wharf-cmd/wharf-vars.yml', 'W045', true],
  ])('that cannot be read are an error beside the pipeline and a warning elsewhere: %s', async (path, code, goesOn) => {
    const files = memoryFiles({ [`${directory}/.wharf-ci.yml`]: pipeline, [path]: 'vars: {a: 1}' });
    const refused: SourceFiles = {
      ...files,
      read: async (one) =>
        one === path ? await Promise.reject(new Error('EACCES: permission denied')) : await files.read(one),
    };
    const { diagnostics, value } = await loadPipeline(request(refused));
    expect(diagnostics.filter(({ severity }) => severity !== 'info').map((one) => [one.code, one.place?.file])).toEqual(
      [[code, path.replace(`${directory}/`, '')]],
    );
    expect(value !== undefined).toBe(goesOn);
    const odd = memoryFiles({ [`${directory}/.wharf-ci.yml`]: pipeline, [path]: Uint8Array.of(0xff) });
    expect((await readVariableFiles(places, odd)).diagnostics.map((one) => one.code)).toEqual([code]);
  });

  it.each(['/home/dev/demo', '/home', '/'])(
    'are left out with a warning where another user may have put them: in %s',
    async (folder) => {
      const path = `${folder === '/' ? '' : folder}/.wharf-vars.yml`;
      const files = memoryFiles({ [`${directory}/.wharf-ci.yml`]: pipeline, [path]: 'vars: {tag: planted}' });
      const planted: SourceFiles = {
        ...files,
        ownerOfPlanted: async (one, place) =>
          one === path && place === (folder === directory ? 'project' : 'above') ? 1001 : undefined,
      };
      const { diagnostics, value } = await readVariableFiles(places, planted);
      expect(diagnostics).toMatchObject([
        {
          code: 'W045',
          severity: 'warning',
          message: expect.stringContaining('owned by another user (1001)') as string,
        },
      ]);
      expect(value?.some((source) => source.has('tag'))).toBe(false);
    },
  );

  it('are not looked for where a folder has their name', async () => {
    const files = memoryFiles({ '/home/.wharf-vars.yml/x': '' });
    expect((await readVariableFiles(places, files)).diagnostics.map((one) => one.code)).toEqual(['W045']);
  });
});

describe('all variables', () => {
  it('are there also where the pipeline uses them wrongly', async () => {
    const files = memoryFiles({
      [`${directory}/.wharf-ci.yml`]: 'test: {unit: {container: {image: "${nope}", cmds: [b]}}}',
      [`${directory}/.wharf-vars.yml`]: 'vars: {a: 1}',
    });
    expect((await loadPipeline(request(files))).value).toBeUndefined();
    expect(await loadVariables(request(files))).toMatchObject({
      value: expect.objectContaining({}) as unknown,
      diagnostics: [],
    });
  });

  it('are not where the environment is unknown, or the pipeline cannot be read', async () => {
    const files = memoryFiles({ [`${directory}/.wharf-ci.yml`]: pipeline });
    expect(await loadVariables(request(files, { environment: 'nope' }))).toMatchObject({
      diagnostics: [{ code: 'W052' }],
    });
    expect(await loadVariables(request(memoryFiles({})))).toMatchObject({ diagnostics: [{ code: 'W001' }] });
  });
});
