import { describe, expect, it } from 'vitest';
import { SourceText } from '../../diagnostics/source-text.ts';
import { readYaml } from '../../diagnostics/yaml/read-yaml.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { ArtifactBuilder } from './artifact-spec.ts';
import { readBuilder } from './read-builder.ts';

/** Reads options. The rig's templates are texts between `<` and `>`, and `<!>` is a mistake. */
function read(type: ArtifactBuilder['type'], text: string): { builder?: ArtifactBuilder; messages: readonly string[] } {
  const found: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic) => void found.push(diagnostic);
  const node = readYaml(new SourceText('skaffold.yaml', text), report);
  if (node === undefined) throw new Error(`not YAML: ${text}`);
  const builder = readBuilder(type, node, {
    context: '/p',
    folder: '/p',
    env: { FROM_ENV: '1' },
    expand: (one) =>
      one.kind !== 'scalar' || one.text === '<!>' ? undefined : one.text.replace(/<(.*)>/, '$1 expanded'),
    report,
  });
  return { ...(builder && { builder }), messages: found.map(({ code, message }) => `${code} ${message}`) };
}

const noPatterns = { paths: [], ignore: [] };

describe('the options of', () => {
  it.each<[string, ArtifactBuilder]>([
    [
      '{}',
      {
        ...{ type: 'ko', dir: '.', main: '.', env: [], flags: [], ldflags: [], labels: [], dependencies: noPatterns },
      },
    ],
    [
      `
fromImage: base:<1>
dir: go
main: ./cmd/<app>
env: [A=<a>, <!>]
flags: [-v, <b>]
ldflags: [-X <c>]
labels: { <l>: <d> }
dependencies: { paths: ["**/*.go"], ignore: [x] }`,
      {
        ...{ type: 'ko', fromImage: 'base:<1>', dir: 'go', main: './cmd/<app>' },
        env: ['A=a expanded'],
        flags: ['-v', 'b expanded'],
        ldflags: ['-X c expanded'],
        labels: [{ name: '<l>', value: 'd expanded' }],
        dependencies: { paths: ['**/*.go'], ignore: ['x'] },
      },
    ],
  ])('ko: %s', (text, builder) => expect(read('ko', text)).toEqual({ builder, messages: [] }));

  it.each<[string, ArtifactBuilder]>([
    ['{}', { type: 'jib', args: [] }],
    [
      '{ project: web, args: [-Pprod, "<x>"], type: gradle, fromImage: BASE }',
      { type: 'jib', project: 'web', args: ['-Pprod', '<x>'], tool: 'gradle', fromImage: 'BASE' },
    ],
  ])('jib: %s', (text, builder) => expect(read('jib', text)).toEqual({ builder, messages: [] }));

  it.each<[string, ArtifactBuilder]>([
    ['{ target: "//:app.tar" }', { type: 'bazel', target: '//:app.tar', args: [], platforms: [] }],
    [
      '{ target: "//:app.tar", args: [-c, opt], platforms: [{ platform: linux/amd64, target: "//p" }] }',
      {
        ...{ type: 'bazel', target: '//:app.tar', args: ['-c', 'opt'] },
        platforms: [{ platform: 'linux/amd64', target: '//p' }],
      },
    ],
  ])('bazel: %s', (text, builder) => expect(read('bazel', text)).toEqual({ builder, messages: [] }));

  it.each<[string, ArtifactBuilder]>([
    [
      '{}',
      {
        ...{ type: 'buildpacks', env: [], buildpacks: [], trustBuilder: false, clearCache: false },
        ...{ projectDescriptor: 'project.toml', volumes: [], args: [], dependencies: noPatterns },
      },
    ],
    [
      `
builder: b
runImage: r
env: [A=<a>]
buildpacks: [one]
trustBuilder: true
clearCache: true
projectDescriptor: p.toml
volumes: [{ host: h, target: t }, { host: h, target: t, options: rw }]
buildArgs: [--verbose]
dependencies: { paths: [src] }`,
      {
        ...{ type: 'buildpacks', builder: 'b', runImage: 'r', env: ['A=a expanded'], buildpacks: ['one'] },
        ...{ trustBuilder: true, clearCache: true, projectDescriptor: 'p.toml', args: ['--verbose'] },
        volumes: [
          { host: 'h', target: 't' },
          { host: 'h', target: 't', options: 'rw' },
        ],
        dependencies: { paths: ['src'], ignore: [] },
      },
    ],
  ])('buildpacks: %s', (text, builder) => expect(read('buildpacks', text)).toEqual({ builder, messages: [] }));

  it.each<[string, ArtifactBuilder | undefined]>([
    [
      'buildCommand: make <x>',
      { type: 'custom', command: 'make x expanded', dependencies: { kind: 'patterns', patterns: noPatterns } },
    ],
    [
      '{ buildCommand: make, dependencies: { paths: [a], ignore: [b] } }',
      {
        ...{ type: 'custom', command: 'make' },
        dependencies: { kind: 'patterns', patterns: { paths: ['a'], ignore: ['b'] } },
      },
    ],
    [
      '{ buildCommand: make, dependencies: { command: list } }',
      { type: 'custom', command: 'make', dependencies: { kind: 'command', command: 'list' } },
    ],
    [
      '{ buildCommand: make, dependencies: { dockerfile: { path: D, buildArgs: { A: <a>, FROM_ENV: null, NOWHERE: null } } } }',
      {
        ...{ type: 'custom', command: 'make' },
        dependencies: {
          ...{ kind: 'dockerfile', path: 'D' },
          args: [
            { name: 'A', value: 'a expanded' },
            { name: 'FROM_ENV', value: '1' },
          ],
        },
      },
    ],
    ['{}', undefined],
    ['buildCommand: <!>', undefined],
  ])('custom: %s', (text, builder) => expect(read('custom', text).builder).toEqual(builder));
});

it('a target of Bazel that is no archive is a mistake', () =>
  expect(read('bazel', 'target: //:app').messages).toEqual([
    'S027 `target` is `//:app`, but must be a target whose output is an image archive: its name ends with .tar',
  ]));
