/** Arguments and scripts of steps that run a tool (docs/design/wharf.md, "Step types", and not its "Defects"). */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../test/rigs/file-tree.ts';
import { isForbiddenVariable } from './cluster-login.ts';
import { helmPackageScript } from './helm-package-step.ts';
import { helmArguments, plainHttp } from './helm-step.ts';
import { isManifest, kubectlArguments } from './kubectl-step.ts';
import { nugetPackageScript } from './nuget-package-step.ts';

test.each([
  [{ action: 'apply', files: ['a.yaml'], force: false }, ['kubectl', 'apply', '--filename', 'a.yaml']],
  [
    { action: 'delete', namespace: 'shop', files: ['a.yaml', 'deploy'], force: true },
    ['kubectl', 'delete', '--namespace', 'shop', '--filename', 'a.yaml', '--filename', 'deploy', '--force'],
  ],
  [
    { action: 'apply', files: ['a b.yaml'], force: { variable: 'FORCE' } },
    ['kubectl', 'apply', '--filename', 'a b.yaml'],
  ],
])('kubectl: %j', (spec, argv) => {
  expect(kubectlArguments(spec)).toEqual(argv);
});

test.each([
  ['a.yaml', true],
  ['a.yml', true],
  ['a.json', true],
  ['a.YAML', false],
  ['yaml', false],
  ['a.yaml.bak', false],
])('kubectl reads %s of a folder: %s', (name, reads) => {
  expect(isManifest(name)).toBe(reads);
});

describe('helm', () => {
  const release = { chart: 'web-app', name: 'shop', namespace: 'stage', repo: '', set: {}, files: [] };
  const start = ['helm', 'upgrade', '--install', 'shop', 'web-app'];

  test.each([
    [{}, [...start, '--namespace', 'stage']],
    [
      { repo: 'https://charts.example.org', chartVersion: '0.1.25', files: ['a.yaml', 'b.yaml'] },
      [
        ...start,
        '--repo',
        'https://charts.example.org',
        '--namespace',
        'stage',
        '--version',
        '0.1.25',
        '--values',
        'a.yaml',
        '--values',
        'b.yaml',
      ],
    ],
    [{ chartVersion: '' }, [...start, '--namespace', 'stage']],
    [
      { set: { 'image.tag': 'v1', list: '{a,b}', 'odd key': 'x=y' } },
      [...start, '--namespace', 'stage', '--set', 'image.tag=v1', '--set', 'list={a,b}', '--set', 'odd key=x=y'],
    ],
    [
      { repo: 'https://charts.example.org', chart: './charts/web' },
      ['helm', 'upgrade', '--install', 'shop', './charts/web', '--namespace', 'stage'],
    ],
    [
      { repo: 'oci://registry.example.org/charts/' },
      ['helm', 'upgrade', '--install', 'shop', 'oci://registry.example.org/charts/web-app', '--namespace', 'stage'],
    ],
    [
      { chart: 'oci://127.0.0.1:5000/web' },
      ['helm', 'upgrade', '--install', 'shop', 'oci://127.0.0.1:5000/web', '--namespace', 'stage', '--plain-http'],
    ],
  ])('%j', (more, argv) => {
    expect(helmArguments({ ...release, ...more }, () => false)).toEqual({ command: argv, files: [] });
  });

  test('values with secrets are files, not arguments', () => {
    const { command, files } = helmArguments(
      { ...release, set: { open: '1', 'db.password': 'a,b', url: 'https://me:a,b@db' } },
      (text) => text.includes('a,b'),
    );
    expect(command.slice(start.length)).toEqual([
      ...['--namespace', 'stage', '--set', 'open=1'],
      ...['--set-file', { volume: 'script', path: 'set-1', before: 'db.password=' }],
      ...['--set-file', { volume: 'script', path: 'set-2', before: 'url=' }],
    ]);
    expect(files).toEqual([
      { name: 'set-1', text: 'a,b' },
      { name: 'set-2', text: 'https://me:a,b@db' },
    ]);
  });

  test.each([
    ['oci://localhost:5000/x', ['--plain-http']],
    ['oci://registry.example.org/x', []],
    ['http://localhost/charts', []],
    ['./localhost', []],
  ])('%s gets the flags %j', (reference, options) => {
    expect(plainHttp(reference)).toEqual(options);
  });
});

test.each([
  ...[
    'KUBECONFIG',
    'KUBERNETES_MASTER',
    'KUBERC',
    'KUBECTL_EXTERNAL_DIFF',
    'HELM_KUBEAPISERVER',
    'HELM_KUBETOKEN',
    'HELM_PLUGINS',
    'HELM_DATA_HOME',
    'HELM_REGISTRY_CONFIG',
    'HELM_REPOSITORY_CONFIG',
    'PATH',
    'HOME',
    'LD_PRELOAD',
    'XDG_DATA_HOME',
    'SSL_CERT_FILE',
    'SSL_CERT_DIR',
    'EDITOR',
  ].map((name) => [name, true] as const),
  ...['HTTPS_PROXY', 'HELM_DEBUG', 'HELM_MAX_HISTORY', 'TZ', 'MY_KUBECONFIG'].map((name) => [name, false] as const),
])('%s is forbidden in the environment of a deployment: %s', (name, elsewhere) => {
  expect(isForbiddenVariable(name)).toBe(elsewhere);
});

/** Runs a script with a fake tool, a shell script that logs its arguments, one line for each call. */
function runWith(tool: string, behaviour: string, script: string, env: Record<string, string> = {}) {
  const folder = temporaryFolder();
  const bin = `${folder.path}/bin`;
  mkdirSync(bin);
  writeFileSync(
    `${bin}/${tool}`,
    `#!/bin/sh\n{ for word; do printf '[%s]' "$word"; done; echo; } >> ${folder.path}/calls\n${behaviour}\n`,
  );
  chmodSync(`${bin}/${tool}`, 0o755);
  writeFileSync(`${folder.path}/script`, script);
  let code = 0;
  let output = '';
  try {
    output = execFileSync('/bin/sh', ['-e', `${folder.path}/script`, `${folder.path}/packed`], {
      cwd: folder.path,
      env: { PATH: `${bin}:/usr/bin:/bin`, ...env },
      encoding: 'utf8',
      stdio: 'pipe',
    });
  } catch (error) {
    const ended = error as { status: number; stdout: string; stderr: string };
    [code, output] = [ended.status, ended.stdout + ended.stderr];
  }
  const calls = readdirSync(folder.path).includes('calls')
    ? readFileSync(`${folder.path}/calls`, 'utf8').replaceAll(folder.path, '').trim().split('\n')
    : [];
  folder[Symbol.dispose]();
  return { code, output, calls };
}

describe('helm-package', () => {
  const helm =
    'if [ "$1" = package ]; then while [ "$1" != --destination ]; do shift; done; mkdir -p "$2"; echo > "$2/web-1.2.3.tgz"; fi';

  test.each([
    [
      'nothing but a destination',
      { chartPath: '', destination: 'oci://r/charts' },
      ['[package][.][--destination][/packed]', '[push][/packed/web-1.2.3.tgz][oci://r/charts]'],
    ],
    [
      'a version',
      { chartPath: 'web app', version: "1.2.3-it's", destination: 'oci://r/charts' },
      [
        "[package][web app][--version][1.2.3-it's][--destination][/packed]",
        '[push][/packed/web-1.2.3.tgz][oci://r/charts]',
      ],
    ],
    [
      'an empty version',
      { chartPath: 'web', version: '', destination: 'oci://r' },
      ['[package][web][--destination][/packed]', '[push][/packed/web-1.2.3.tgz][oci://r]'],
    ],
    [
      'no scheme',
      { chartPath: 'web', destination: 'r.example.org/charts' },
      ['[package][web][--destination][/packed]', '[push][/packed/web-1.2.3.tgz][oci://r.example.org/charts]'],
    ],
    [
      'a registry of this machine',
      { chartPath: 'web', destination: 'localhost:5000/charts' },
      [
        '[package][web][--destination][/packed]',
        '[push][/packed/web-1.2.3.tgz][oci://localhost:5000/charts][--plain-http]',
      ],
    ],
    [
      'a ChartMuseum',
      { chartPath: 'web', destination: 'https://harbor/chartrepo/x' },
      ['[package][web][--destination][/packed]', '[cm-push][/packed/web-1.2.3.tgz][https://harbor/chartrepo/x]'],
    ],
  ])('with %s', (_, spec, calls) => {
    expect(runWith('helm', helm, helmPackageScript(spec))).toMatchObject({ code: 0, calls });
  });

  test('shows its commands', () => {
    expect(runWith('helm', helm, helmPackageScript({ chartPath: 'web', destination: 'oci://r' })).output).toBe(
      '$ helm package web\n$ helm push web-1.2.3.tgz oci://r\n',
    );
  });

  test('stops at the first failed command, and reports a missing helm', () => {
    expect(runWith('helm', 'exit 5', helmPackageScript({ chartPath: '', destination: 'r' }))).toMatchObject({
      code: 5,
      calls: ['[package][.][--destination][/packed]'],
    });
    expect(runWith('other', '', helmPackageScript({ chartPath: '', destination: 'r' }))).toMatchObject({
      code: 127,
      output: expect.stringContaining('install helm') as string,
    });
  });
});

describe('nuget-package', () => {
  const dotnet = (version: string, push = 'exit 0') =>
    `case "$1 $2" in "pack "*) for word; do last=$word; done; mkdir -p "$last"; echo > "$last/A.1.nupkg"; echo > "$last/B.1.nupkg";; "nuget --version") echo "NuGet Command Line"; echo ${version};; "nuget push") ${push};; esac`;
  const spec = { version: '1.2.3', projectPath: 'src/App', repo: 'https://nuget.example.org/v3', skipDuplicate: false };
  const pack = '[pack][src/App][-p:Version=1.2.3][--output][/packed]';
  const pushed = (name: string, ...more: string[]) =>
    `[nuget][push][/packed/${name}.1.nupkg][--source][https://nuget.example.org/v3]${more.join('')}`;

  test('packs with the version, and pushes each package', () => {
    expect(runWith('dotnet', dotnet('7.6.0.1'), nugetPackageScript(spec))).toMatchObject({
      code: 0,
      calls: [pack, pushed('A'), pushed('B')],
    });
    expect(runWith('dotnet', dotnet('7.6.0.1'), nugetPackageScript({ ...spec, skipDuplicate: true })).calls).toEqual([
      pack,
      pushed('A', '[--skip-duplicate]'),
      pushed('B', '[--skip-duplicate]'),
    ]);
  });

  test.each([
    ['7.6.0.1', false],
    ['8.0.1', false],
    ['10.1.2', false],
    ['7.5.9', true],
    ['6.12.0.127', true],
    ['nonsense', true],
  ])('NuGet %s needs the token as an argument: %s', (version, argument) => {
    const key = argument ? '[--api-key][t o k]' : '';
    expect(
      runWith('dotnet', dotnet(version), nugetPackageScript(spec), { NUGET_API_KEY: 't o k' }).calls.filter((call) =>
        call.includes('push'),
      ),
    ).toEqual([pushed('A', key), pushed('B', key)]);
  });

  test('a failed push fails the step; a duplicate does so only without skip-duplicate', () => {
    const duplicate = dotnet(
      '7.6.0',
      'echo "the server is configured to not allow overwriting packages that already exist."; exit 1',
    );
    expect(
      runWith('dotnet', dotnet('7.6.0', 'exit 4'), nugetPackageScript({ ...spec, skipDuplicate: true })),
    ).toMatchObject({ code: 4, calls: [pack, pushed('A', '[--skip-duplicate]')] });
    expect(runWith('dotnet', duplicate, nugetPackageScript(spec))).toMatchObject({
      code: 1,
      calls: [pack, pushed('A')],
    });
    expect(runWith('dotnet', duplicate, nugetPackageScript({ ...spec, skipDuplicate: true })).code).toBe(0);
  });
});
