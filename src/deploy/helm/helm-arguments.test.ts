import { describe, expect, it } from 'vitest';
import {
  dependencyBuildArguments,
  dependencyListArguments,
  dryRunArguments,
  ownedListArguments,
  packageArguments,
  showArguments,
  statusArguments,
  templateArguments,
  uninstallArguments,
  upgradeArguments,
  type HelmCall,
} from './helm-arguments.ts';
import type { HelmFlags, HelmRelease } from './helm-release.ts';

const plain: HelmRelease = { name: 'web', chart: { path: 'chart' }, valuesFiles: [], values: [], fileValues: [] };
const remote: Partial<HelmRelease> = { chart: { remote: 'nginx', repo: 'https://example.com' } };

function call(release: Partial<HelmRelease> = {}, more: Partial<HelmCall> = {}): HelmCall {
  return { release: { ...plain, ...release }, ...base, ...more };
}

const base = { major: 3, flags: {}, namespace: 'n', chart: '/p/chart', values: ['--values', 'v.yaml'] } as const;
const kubeconfig = { kubeconfig: '/t/k' };
const flags: HelmFlags = {
  global: ['--debug'],
  install: ['--install-flag'],
  upgrade: ['--upgrade-flag'],
  depBuild: ['--verify'],
  template: ['--include-crds'],
};
const rendering = 'upgrade --install web /p/chart --reset-values --values v.yaml --dry-run=server --output=json';
const upgrading = 'upgrade --install web /p/chart --reset-values --values v.yaml';

describe('helm template', () => {
  it.each([
    ['a chart on this machine', call(), 'template web /p/chart --values v.yaml --namespace n'],
    [
      'a remote chart',
      call({ ...remote, version: '^1' }, { chart: 'nginx' }),
      'template web nginx --version ^1 --repo https://example.com --values v.yaml --namespace n',
    ],
    ['without tests', call({ skipTests: true }), 'template web /p/chart --values v.yaml --skip-tests --namespace n'],
    ['helm secrets', call({ useHelmSecrets: true }), 'secrets template web /p/chart --values v.yaml --namespace n'],
    [
      'flags of the user, which win',
      call({}, { flags }),
      'template web /p/chart --values v.yaml --include-crds --namespace n --debug',
    ],
    [
      'a package, which has the version that it was given',
      call({ version: '1.2.3', packaged: { version: '2.0.0' } }),
      'template web /p/chart --values v.yaml --namespace n',
    ],
  ])('%s', (_, given, expected) => {
    expect(templateArguments(given).join(' ')).toBe(expected);
  });
});

describe('a dry run', () => {
  it.each([
    ['of an installation', call({}, { flags }), false, `${rendering} --install-flag --namespace n --debug`],
    ['of an upgrade', call({}, { flags }), true, `${rendering} --upgrade-flag --namespace n --debug`],
    ['does not wait', call({ wait: true }, kubeconfig), true, `${rendering} --namespace n --kubeconfig /t/k`],
    ['with helm secrets', call({ useHelmSecrets: true }), true, `secrets ${rendering} --namespace n`],
  ])('%s', (_, given, installed, expected) => {
    expect(dryRunArguments(given, installed).join(' ')).toBe(expected);
  });
});

describe('helm upgrade', () => {
  it.each([
    ['', call(), true, `${upgrading} --description=D --labels=L --namespace n`],
    ['waits', call({ wait: true }), true, `${upgrading} --wait --description=D --labels=L --namespace n`],
    [
      'creates the namespace',
      call({ createNamespace: true }),
      false,
      'upgrade --install web /p/chart --create-namespace --reset-values --values v.yaml --description=D --labels=L --namespace n',
    ],
    [
      'restarts pods',
      call({ recreatePods: true }),
      true,
      `${upgrading} --recreate-pods --description=D --labels=L --namespace n`,
    ],
    [
      'restarts none at first',
      call({ recreatePods: true }),
      false,
      `${upgrading} --description=D --labels=L --namespace n`,
    ],
    [
      'restarts none with Helm 4',
      call({ recreatePods: true }, { major: 4 }),
      true,
      `${upgrading} --description=D --labels=L --namespace n`,
    ],
    [
      'keeps values if the user asks for it',
      call({}, { flags: { upgrade: ['--reuse-values'] } }),
      true,
      'upgrade --install web /p/chart --values v.yaml --description=D --labels=L --reuse-values --namespace n',
    ],
    [
      'resets them after all',
      call({}, { flags: { upgrade: ['--reuse-values=false'] } }),
      true,
      `${upgrading} --description=D --labels=L --reuse-values=false --namespace n`,
    ],
  ])('%s', (_, given, installed, expected) => {
    expect(upgradeArguments(given, installed, { description: 'D', label: 'L' }).join(' ')).toBe(expected);
  });
});

it.each([
  ['status', statusArguments(call({}, kubeconfig)), 'status web --output=json --namespace n --kubeconfig /t/k'],
  [
    'list',
    ownedListArguments(call({ name: 'a.b' }, kubeconfig), 'k=v', 3),
    'list --filter=^a\\.b$ --selector=k=v --output=json --all --namespace n --kubeconfig /t/k',
  ],
  [
    'list of Helm 4',
    ownedListArguments(call({}, { flags }), 'k=v', 4),
    'list --filter=^web$ --selector=k=v --output=json --namespace n --debug',
  ],
  ['uninstall', uninstallArguments(call({}, { flags })), 'uninstall web --wait --namespace n --debug'],
  ['dependency list', dependencyListArguments('/p/chart', flags), 'dependency list /p/chart --debug'],
  ['dependency build', dependencyBuildArguments('/p/chart', flags), 'dependency build /p/chart --verify --debug'],
  ['package', packageArguments('/p/chart', {}, '/t', {}), 'package /p/chart --destination /t'],
  [
    'package with versions',
    packageArguments('/p/chart', { version: '1.0.0', appVersion: '2' }, '/t', flags),
    'package /p/chart --destination /t --version 1.0.0 --app-version 2 --debug',
  ],
  ['show', showArguments('crds', call({ version: '1' })), 'show crds /p/chart --version 1 --namespace n'],
])('helm %s', (_, args, expected) => {
  expect(args.join(' ')).toBe(expected);
});
