import { describe, expect, it } from 'vitest';
import { SourceText } from '../../diagnostics/source-text.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { readStructureTests } from './read-structure-tests.ts';

function read(...lines: readonly string[]) {
  const found: Diagnostic[] = [];
  const source = new SourceText('test.yaml', `${lines.join('\n')}\n`);
  const tests = readStructureTests(source, (diagnostic) => void found.push(diagnostic));
  return {
    tests,
    says: found.map(({ code, place, message }) => `${place?.line}:${place?.column} ${code} ${message}`),
  };
}

const version = 'schemaVersion: 2.0.0';

describe('a file of structure tests', () => {
  it('is read with every field', () => {
    const { tests, says } = read(
      version,
      'globalEnvVars: [{key: A, value: a}]',
      'commandTests:',
      '  - name: gunicorn',
      '    setup: [[virtualenv, /env], [pip, install]]',
      '    teardown: [[rm, -r, /env]]',
      '    envVars: [{key: PATH, value: "/env/bin:$PATH"}]',
      '    command: which',
      '    args: [gunicorn, 1]',
      '    exitCode: 3',
      '    expectedOutput: ["^/env"]',
      '    excludedOutput: [b]',
      '    expectedError: [c]',
      '    excludedError: [d]',
      'fileExistenceTests:',
      '  - {name: root, path: /, shouldExist: true, permissions: drwxr-xr-x, uid: 0, gid: 7, isExecutableBy: any}',
      '  - {name: none, path: /none, shouldExist: false, uid: -1}',
      'fileContentTests:',
      '  - {name: sources, path: /etc/apt, expectedContents: [e], excludedContents: [f]}',
      'metadataTest:',
      '  env: [{key: B, value: b}]',
      '  envVars: [{key: C, value: "c+", isRegex: true}]',
      '  unboundEnvVars: [{key: D}]',
      '  labels: [{key: E, value: ""}]',
      '  exposedPorts: [8080, "53/udp"]',
      '  unexposedPorts: ["80"]',
      '  volumes: [/data]',
      '  unmountedVolumes: [/tmp]',
      '  entrypoint: []',
      '  cmd: [serve]',
      '  workdir: /app',
      '  user: luke',
      'containerRunOptions: {envVars: [TOKEN]}',
    );
    expect(says).toEqual([]);
    expect(tests).toEqual({
      globalEnv: [{ key: 'A', value: 'a' }],
      passedVariables: ['TOKEN'],
      commands: [
        {
          name: 'gunicorn',
          setup: [
            ['virtualenv', '/env'],
            ['pip', 'install'],
          ],
          teardown: [['rm', '-r', '/env']],
          env: [{ key: 'PATH', value: '/env/bin:$PATH' }],
          command: ['which', 'gunicorn', '1'],
          exitCode: 3,
          ...{ expectedOutput: ['^/env'], excludedOutput: ['b'], expectedError: ['c'], excludedError: ['d'] },
        },
      ],
      existence: [
        {
          ...{ name: 'root', path: '/', shouldExist: true, permissions: 'drwxr-xr-x', uid: 0, gid: 7 },
          isExecutableBy: 'any',
        },
        { name: 'none', path: '/none', shouldExist: false },
      ],
      contents: [{ name: 'sources', path: '/etc/apt', expectedContents: ['e'], excludedContents: ['f'] }],
      metadata: {
        env: [
          { key: 'B', value: 'b', isRegex: false },
          { key: 'C', value: 'c+', isRegex: true },
        ],
        unboundEnv: ['D'],
        labels: [{ key: 'E', value: '', isRegex: false }],
        ...{ exposedPorts: ['8080', '53/udp'], unexposedPorts: ['80'], volumes: ['/data'], unmountedVolumes: ['/tmp'] },
        ...{ entrypoint: [], cmd: ['serve'], workdir: '/app', user: 'luke' },
      },
    });
  });

  it('is read as JSON', () => {
    const { tests, says } = read('{"schemaVersion": "2.0.0", "fileExistenceTests": [{"name": "a", "path": "/a"}]}');
    expect(says).toEqual([]);
    expect(tests?.existence).toEqual([{ name: 'a', path: '/a', shouldExist: true }]);
  });

  it('has no NUL where no program can get one', () => {
    const { says } = read(
      version,
      'globalEnvVars: [{key: A, value: "a\\0"}]',
      'commandTests:',
      '  - {name: a, command: ls, args: [b, "c\\0d"], setup: [["\\0"]], expectedOutput: ["\\0"]}',
      'fileExistenceTests:',
      '  - {name: e, path: "f\\0g"}',
    );
    expect(says).toEqual([
      '2:33 S027 `value` is `a\\u0000`, but must be a text without NUL characters',
      '4:38 S027 `args` is `c\\u0000d`, but must be a text without NUL characters',
      '4:56 S027 `setup` is `\\u0000`, but must be a text without NUL characters',
      '6:21 S027 `path` is `f\\u0000g`, but must be a text without NUL characters',
    ]);
  });

  it('has every mistake reported at its place', () => {
    const { says } = read(
      version,
      'commandTest: []',
      'commandTests:',
      '  - command: ls',
      '    setup: [[]]',
      '    expectedOutput: ["(a", "(?=b)"]',
      '  - name: b',
      '    exitCode: one',
      'fileExistenceTests:',
      '  - {name: c, path: /c, permissions: 0644, isExecutableBy: me}',
      '  - {name: d}',
      'licenseTests: [{debian: true}]',
      'containerRunOptions: {user: root, privileged: true}',
      'metadataTest: {labels: [{value: a}]}',
    );
    expect(says.map((line) => line.split(' ').slice(0, 2).join(' ')).sort()).toEqual(
      [
        ...['2:1 W012', '4:5 S084', '5:13 S084', '6:22 S085', '6:28 S085', '7:5 S084', '8:15 W011'],
        ...['10:38 S027', '10:60 S027', '11:5 S084', '12:1 S086', '13:23 S087', '13:35 S087', '14:25 S084'],
      ].sort(),
    );
    expect(says).toContain(
      '2:1 W012 unknown field `commandTest` in a structure test file, did you mean `commandTests`?',
    );
    expect(says).toContain('4:5 S084 a command test needs `name`');
  });

  it.each([
    [['commandTests: []'], '1:1 S083 `schemaVersion` is missing'],
    [['schemaVersion: 1.0.0', 'commandTests: [{name: a, command: [ls]}]'], '1:16 S083 unknown `schemaVersion` `1.0.0`'],
    [['[]'], '1:1 W011'],
    [['a: b: c'], 'W004'],
  ])('that starts wrong is not checked further: %j', (lines, expected) => {
    const { says } = read(...lines);
    expect(says).toHaveLength(1);
    expect(says[0]).toContain(expected);
  });
});
