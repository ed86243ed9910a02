/**
 * Paths with links on them, and paths that a step has replaced (docs/workspace.md). The result is the same on every
 * runtime, because trees are merged beforehand.
 */
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { baseImage } from '../rigs/engines.ts';
import { projectDir, type ProjectDir } from '../rigs/project-dir.ts';
import { Teller } from '../rigs/run-account.ts';
import { clusterPlace, enginePlaces, hostPlace, type RunPlace } from '../rigs/run-place.ts';

type Step = Readonly<Record<string, unknown>> & { readonly cmds: readonly string[] };

/** Each stage has one step. YAML is a superset of JSON. */
function yaml(stages: Readonly<Record<string, Step>>): string {
  return JSON.stringify(
    Object.fromEntries(
      Object.entries(stages).map(([name, { cmds, ...fields }]) => [
        name,
        { step: { ...fields, container: { image: baseImage, cmds } } },
      ]),
    ),
  );
}

async function project(
  pipeline: string,
  files: Readonly<Record<string, string>>,
  links: Readonly<Record<string, string>>,
): Promise<ProjectDir> {
  const made = await projectDir({ '.wharf-ci.yml': pipeline, ...files });
  for (const [path, target] of Object.entries(links)) await symlink(target, join(made.path, path));
  return made;
}

describe.each([hostPlace, ...enginePlaces, clusterPlace])('on $name', { timeout: 240_000 }, ({ skip, open }) => {
  const test = it.skipIf(skip !== undefined);
  let place: RunPlace;
  beforeAll(async () => {
    if (skip === undefined) place = await open();
  });
  afterAll(async () => {
    if (skip === undefined) await place[Symbol.asyncDispose]();
  });

  test('artifacts replace entries of every type', async () => {
    const pipeline = yaml({
      make: {
        artifacts: ['from-link/f', 'from-folder', 'from-file/**', 'to-link'],
        cmds: [
          'rm from-link; mkdir from-link; echo made > from-link/f',
          'rm -r from-folder; echo made > from-folder',
          'rm from-file; mkdir -p from-file/deep; echo made > from-file/deep/f',
          'rm -r to-link; ln -s target to-link',
        ],
      },
      use: {
        cmds: [
          'test ! -L from-link; cat from-link/f; test ! -e target/f',
          'test -f from-folder; cat from-folder',
          'cat from-file/deep/f',
          'test "$(readlink to-link)" = target; cat to-link/kept',
        ],
      },
    });
    await using made = await project(
      pipeline,
      { 'target/kept': 'kept\n', 'from-folder/inside/f': 'x', 'from-file': 'x', 'to-link/inside': 'x' },
      { 'from-link': 'target' },
    );
    const teller = new Teller(place, made);
    await teller.ends(teller.run(), 'run', 0);
    const { told } = await teller.account();
    expect(told.logs['1.2.1']).toBe('made\nmade\nmade\nkept\n');
    expect(told.files).toEqual({ 'from-link/f': 'made\n', 'from-folder': 'made\n', 'from-file/deep/f': 'made\n' });
  });

  test('artifacts behind a link of the step are rejected by name', async () => {
    await using made = await project(
      yaml({ make: { artifacts: ['out/f', 'out/g'], cmds: ['echo x > out/f; echo y > out/g'] } }),
      { 'target/kept': '' },
      { out: 'target' },
    );
    const teller = new Teller(place, made);
    const { stdout } = await teller.ends(teller.run(), 'run', 1);
    expect(stdout).toContain('2 invalid artifacts');
    expect(stdout).toContain('out/f: out is a link, and links are not followed');
    expect(stdout).toContain('out/g: out is a link');
  });

  test('a cache behind a link of the repository is its target', async () => {
    const count =
      'mkdir -p node_modules/.cache; echo x >> node_modules/.cache/runs; wc -l < deps/.cache/runs; test -L node_modules';
    await using made = await project(
      yaml({ build: { cache: ['node_modules/.cache'], cmds: [count] } }),
      { 'deps/kept': '' },
      { node_modules: 'deps' },
    );
    const teller = new Teller(place, made);
    for (const runs of ['1', '2']) {
      await teller.ends(teller.run(), 'run', 0);
      expect((await teller.account()).told.logs['1.1.1']?.trim()).toBe(runs);
    }
  });

  test('a cache replaces the repository’s entry', async () => {
    const cmds = ['if test -d data; then cat data/f; else rm data; mkdir data; echo kept > data/f; fi'];
    await using made = await project(yaml({ build: { cache: ['data'], cmds } }), { data: 'a file' }, {});
    const teller = new Teller(place, made);
    await teller.ends(teller.run(), 'first run', 0);
    await teller.ends(teller.run(), 'second run', 0);
    expect((await teller.account()).told.logs['1.1.1']).toBe('kept\n');
  });

  test('a cache behind a link out of the workspace is skipped with a note', async () => {
    await using made = await project(yaml({ build: { cache: ['lib/x'], cmds: ['true'] } }), {}, { lib: '/usr/lib' });
    const teller = new Teller(place, made);
    const { stdout } = await teller.ends(teller.run(), 'run', 0);
    expect(stdout).toContain('cannot save cache lib/x: lib is a link to /usr/lib, which leads out of the workspace');
  });
});
