import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/rigs/file-tree.ts';
import { configurationsOf } from '../../../test/rigs/skaffold-configurations.ts';
import { artifactFiles } from './artifact-files.ts';
import { readArtifacts } from './read-artifacts.ts';

describe('the files of an artifact', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  beforeEach(() => {
    folder = temporaryFolder();
    for (const [name, text] of Object.entries({
      Dockerfile: 'ARG BASE\nFROM $BASE\nCOPY src /src\n',
      '.dockerignore': 'src/*.log\n',
      'src/a.go': '',
      'src/a.log': '',
      'src/b/page.html': '',
      'go.mod': '',
      README: '',
      'project.toml': '',
    })) {
      fs.mkdirSync(path.dirname(path.join(folder.path, name)), { recursive: true });
      fs.writeFileSync(path.join(folder.path, name), text);
    }
  });
  afterEach(() => folder[Symbol.dispose]());

  async function listed(builder: string, context = folder.path) {
    const [artifact] = readArtifacts(
      await configurationsOf(
        `build:\n  artifacts: [{ image: app, requires: [{ image: base, alias: BASE }], ${builder} }, { image: base }]\n`,
      ),
      { images: [], env: {}, expand: () => 'x' },
      () => undefined,
    );
    if (!artifact) throw new Error('there is no artifact');
    const found = await artifactFiles({ ...artifact, context });
    return 'files' in found ? found.files.map((file) => path.relative(folder.path, file)) : found.unlisted;
  }

  const everything = [
    '.dockerignore',
    'Dockerfile',
    'README',
    'go.mod',
    'project.toml',
    'src/a.go',
    'src/a.log',
    'src/b/page.html',
  ];

  it.each<[string, string, readonly string[] | string]>([
    ['what a Dockerfile copies', 'docker: {}', ['.dockerignore', 'Dockerfile', 'src/a.go', 'src/b/page.html']],
    ['the same for a build in a cluster', 'kaniko: {}', ['.dockerignore', 'Dockerfile', 'src/a.go', 'src/b/page.html']],
    [
      'the patterns of a custom artifact',
      'custom: { buildCommand: x, dependencies: { paths: [src] } }',
      ['src/a.go', 'src/a.log', 'src/b/page.html'],
    ],
    ['the whole context without patterns', 'custom: { buildCommand: x }', everything],
    [
      'the Dockerfile of a custom artifact',
      'custom: { buildCommand: x, dependencies: { dockerfile: { path: Dockerfile, buildArgs: { BASE: b } } } }',
      ['.dockerignore', 'Dockerfile', 'src/a.go', 'src/b/page.html'],
    ],
    ['the Go files of ko', 'ko: {}', ['go.mod', 'src/a.go']],
    ['the whole context of buildpacks', 'buildpacks: { builder: b }', everything],
    [
      'no list of a command, which is not run',
      'custom: { buildCommand: x, dependencies: { command: "touch ran" } }',
      'the command of `dependencies` lists them',
    ],
    ['no list of Jib', 'jib: {}', 'Maven or Gradle lists them'],
    ['no list of Bazel', 'bazel: { target: "//:app.tar" }', 'Bazel lists them'],
  ])('lists %s', async (_, builder, expected) => {
    expect(await listed(builder)).toEqual(expected);
    expect(fs.existsSync(path.join(folder.path, 'ran'))).toBe(false);
  });

  it('counts what is sent if a base image cannot be known', async () => {
    fs.writeFileSync(path.join(folder.path, 'Dockerfile'), 'ARG OTHER\nFROM $OTHER\nCOPY src /src\n');
    expect(await listed('docker: {}')).toEqual(everything.filter((name) => !name.endsWith('.log')));
  });

  it('says what is missing', async () => {
    expect(await listed('docker: { dockerfile: other }')).toBe(`dockerfile: ${folder.path}/other does not exist`);
    expect(await listed('ko: {}', '/none/such')).toBe('context: /none/such does not exist');
  });
});
