/** The artifact cache of `slipway build` on every engine: what is not built again, and why the rest is. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { engines } from '../rigs/engines.ts';
import { skaffoldWorld } from '../rigs/skaffold-world.ts';

describe.each(engines)('the artifact cache on $name', (engine) => {
  const test = it.skipIf(engine.host === undefined);

  const open = async (docker: object = { buildArgs: { WHO: '{{.WHO}}' } }) =>
    await skaffoldWorld(
      engine,
      (name) => ({
        build: { tagPolicy: { envTemplate: { template: 'v1' } }, artifacts: [{ image: name('app'), docker }] },
      }),
      {
        Dockerfile: 'FROM BASE AS prod\nARG WHO\nCOPY src /src\nRUN echo WORD $WHO\nFROM prod AS test\nRUN true\n',
        'src/a': '1',
        'src/b': '1',
        other: '1',
        '.dockerignore': 'src/*.log\n',
      },
    );

  test('names the reason of every build, and otherwise builds nothing', async () => {
    await using world = await open();
    const { name, project } = world;
    const said = async (...flags: string[]) => {
      const { stdout } = await world.build(...flags).exits(0);
      return /(?:built|cached) .*\/app:\S+(?: {3}missed: .*)?$/m
        .exec(stdout)?.[0]
        .replace(/ \S*\/app:\S+/, ' app')
        .trim();
    };
    world.env('WHO', 'me');
    expect(await said()).toBe('built app   missed: not built before');
    const { Id: id } = (await world.image(`${name('app')}:v1`)) ?? {};
    expect(await said()).toBe('cached app');
    // The same image gets another tag.
    expect(await said('--tag', 'v2')).toBe('cached app');
    expect((await world.image(`${name('app')}:v2`))?.Id).toBe(id);
    // What the Dockerfile does not copy, and what is left out.
    await project.write({ other: '2', 'src/x.log': 'x' });
    expect(await said()).toBe('cached app');
    await project.write({ 'src/a': '2' });
    expect(await said()).toBe('built app   missed: src/a changed');
    await project.write({ 'src/a': '1' });
    expect(await said()).toBe('cached app');
    expect((await world.image(`${name('app')}:v1`))?.Id).toBe(id);
    await project.write({ 'src/c': '1', 'src/b': '2' });
    expect(await said()).toBe('built app   missed: src/b changed and 1 more');
    world.env('WHO', 'you');
    expect(await said()).toBe('built app   missed: option buildArgs.WHO changed');
    await project.write({ '.dockerignore': 'src/*.log\nsrc/c\n' });
    expect(await said()).toBe('built app   missed: .dockerignore changed and 1 more');
    expect(await said('--no-cache-artifacts')).toBe('built app');
    expect(await said('--cache-artifacts=false')).toBe('built app');
    expect(await said('--cache-artifacts')).toBe('cached app');
  });

  test('names the files that changed during the last build, which is not cached', async () => {
    await using world = await skaffoldWorld(
      engine,
      (name) => ({
        build: {
          tagPolicy: { envTemplate: { template: 'v1' } },
          artifacts: [
            {
              image: name('app'),
              context: 'app',
              custom: { buildCommand: 'echo "$WHEN" > written; node ../tag.mjs', dependencies: { paths: ['.'] } },
            },
          ],
        },
      }),
      {
        'app/file': '1',
        'tag.mjs': `
          import { request } from 'node:http';
          const { IMAGE_REPO, IMAGE_TAG, DOCKER_HOST } = process.env;
          const path = \`/images/BASE/tag?repo=\${encodeURIComponent(IMAGE_REPO)}&tag=\${IMAGE_TAG}\`;
          request({ socketPath: DOCKER_HOST.slice('unix://'.length), method: 'POST', path, headers: { host: 'x' } }, (r) => {
            process.exitCode = r.statusCode === 201 ? 0 : 1;
            r.resume();
          }).end();
        `,
      },
    );
    const built = async (when: string) => {
      world.env('WHEN', when);
      return (await world.json(0)).results[0]?.cache;
    };
    expect(await built('1')).toMatchObject({ missed: 'not built before' });
    expect(await built('2')).toMatchObject({ missed: 'written added during the last build' });
    expect(await built('3')).toMatchObject({ missed: 'written changed during the last build' });
    expect(await built('3')).toMatchObject({ missed: 'written changed during the last build' });
    expect(await built('4')).toEqual({ hit: true });
  });

  test('compares with the nearest of the builds that it has', async () => {
    await using world = await open({ buildArgs: { WHO: 'me' }, target: 'test' });
    await world.configure({
      build: {
        tagPolicy: { envTemplate: { template: 'v1' } },
        artifacts: [{ image: world.name('app'), docker: { buildArgs: { WHO: 'me' }, target: 'test' } }],
      },
      profiles: [
        {
          name: 'prod',
          build: {
            tagPolicy: { envTemplate: { template: 'v1' } },
            artifacts: [{ image: world.name('app'), docker: { buildArgs: { WHO: 'you' } } }],
          },
        },
      ],
    });
    await world.build().exits(0);
    await world.build('-p', 'prod').exits(0);
    await world.project.write({ 'src/a': '2' });
    for (const flags of [[], ['-p', 'prod']])
      expect(
        JSON.parse((await world.cli('cache', 'explain', '--output', 'json', ...flags).exits(0)).stdout),
      ).toMatchObject({ artifacts: [{ reasons: ['src/a changed'] }] });
  });

  test('builds an image again that the engine has no more', async () => {
    await using world = await open();
    await world.json(0);
    await world.removeImage(`${world.name('app')}:v1`);
    expect((await world.json(0)).results).toMatchObject([
      { cache: { missed: `the image ${world.name('app')}:v1 is gone` }, reference: `${world.name('app')}:v1` },
    ]);
    expect((await world.json(0)).results).toMatchObject([{ cache: { hit: true } }]);
  });

  test('builds an image again if the one that it requires has changed', async () => {
    await using world = await skaffoldWorld(
      engine,
      (name) => ({
        build: {
          tagPolicy: { envTemplate: { template: 'v1' } },
          artifacts: [
            { image: name('base'), context: 'base' },
            { image: name('app'), context: 'app', requires: [{ image: name('base'), alias: 'PARENT' }] },
          ],
        },
      }),
      {
        'base/Dockerfile': 'FROM BASE\nCOPY file /file\n',
        'base/file': 'one WORD',
        'app/Dockerfile': 'ARG PARENT\nFROM ${PARENT}\nRUN cat /file\n',
      },
    );
    await world.json(0);
    expect((await world.json(0)).results).toMatchObject([{ cache: { hit: true } }, { cache: { hit: true } }]);
    await world.project.write({ 'base/file': `two ${world.word}` });
    expect((await world.json(0)).results).toMatchObject([
      { cache: { missed: 'file changed' } },
      { cache: { missed: 'required image PARENT changed' } },
    ]);
    expect((await world.json(0)).results).toMatchObject([{ cache: { hit: true } }, { cache: { hit: true } }]);
  });

  test('explains a build without building, lists its images, and forgets those of folders that are gone', async () => {
    await using world = await skaffoldWorld(
      engine,
      (name) => ({
        build: {
          tagPolicy: { envTemplate: { template: '{{.TAG}}' } },
          artifacts: [
            { image: name('base'), context: 'base' },
            { image: name('app'), context: 'app', requires: [{ image: name('base'), alias: 'PARENT' }] },
          ],
        },
      }),
      {
        'base/Dockerfile': 'FROM BASE\nCOPY . /base\n',
        'base/file': 'one WORD',
        'app/Dockerfile': 'ARG PARENT\nFROM ${PARENT}\nCOPY . /app\n',
        'app/file': 'one WORD',
      },
    );
    const { name, project } = world;
    world.env('TAG', 'v1');
    const said = async (...args: string[]) => (await world.cli(...args).exits(0)).stdout;
    const explained = async (...flags: string[]) => {
      const { artifacts } = JSON.parse(await said('cache', 'explain', '--output', 'json', ...flags)) as {
        readonly artifacts: readonly { readonly image: string; readonly reasons: readonly string[] }[];
      };
      return Object.fromEntries(artifacts.map(({ image, reasons }) => [image.slice(name('').length), reasons]));
    };
    expect(await explained()).toEqual({
      base: ['not built before'],
      app: ['not built before', 'required image PARENT would be built'],
    });
    expect(await world.tags()).toEqual([]);
    await world.json(0);
    expect(await explained()).toEqual({ base: [], app: [] });
    // A new tag is no reason, also not for what requires the image.
    world.env('TAG', 'v2');
    expect(await explained()).toEqual({ base: [], app: [] });
    await project.write({ 'base/file': `two ${world.word}`, 'base/more': '', 'app/more': '' });
    expect(await explained()).toEqual({
      base: ['file changed', 'more added'],
      app: ['more added', 'required image PARENT would be built'],
    });
    expect(await explained('-b', name('base'), '--no-cache-artifacts')).toEqual({ base: ['the cache is off'] });
    expect(await world.tags()).toEqual([`${name('app')}:v1`, `${name('base')}:v1`]);
    expect(JSON.parse(await said('runs', '--output', 'json'))).toMatchObject({ runs: [{ number: 1 }] });

    await world.build('--explain').exits(0);
    expect(await said('why', 'latest', name('base'))).toContain('\n  file changed\n  more added\n');
    await world.removeImage(`${name('app')}:v1`);
    const listed = async () => {
      const { artifacts } = JSON.parse(await said('cache', 'list', '--output', 'json')) as {
        readonly artifacts: readonly { readonly reference: string; readonly onEngine: boolean }[];
      };
      return artifacts.map(({ reference, onEngine }) => [reference.split('/').at(-1), onEngine]);
    };
    expect(await listed()).toEqual([
      ...[
        ['app:v2', true],
        ['app:v1', false],
      ],
      ...[
        ['base:v2', true],
        ['base:v1', true],
      ],
    ]);
    rmSync(join(project.path, 'app'), { recursive: true });
    expect(await said('cache', 'prune')).toMatch(/removed 2 entries; 2 entries kept\nremoved 1 file with hashes/);
    expect(await listed()).toEqual([
      ['base:v2', true],
      ['base:v1', true],
    ]);
    await said('cache', 'prune', '--all');
    expect(await listed()).toEqual([]);
  });
});
