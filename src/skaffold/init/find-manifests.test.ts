import { describe, expect, it } from 'vitest';
import { findComposeServices, isComposeName } from './find-compose-services.ts';
import { findChart, findKustomization, findManifest, imagesOfValues, rootKustomizations } from './find-manifests.ts';

const pod = (image: string) => `apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: ${image}\n`;

describe('findManifest', () => {
  it.for([
    ['web', 'web', false],
    ['gcr.io/p/web:latest', 'gcr.io/p/web', false],
    ['localhost:5000/web:1.2', 'localhost:5000/web', true],
    ['web@sha256:00', 'web', true],
    ['"web:v1"', 'web', true],
  ] as const)('finds the image %s', ([written, name, pinned]) => {
    const { manifest } = findManifest('k.yaml', pod(written));
    expect(manifest?.images).toEqual([{ name, written: written.replaceAll('"', ''), at: 'k.yaml:5:12', pinned }]);
  });

  it('finds images of every container, of templates in lists, and of operators', () => {
    const text = [
      'apiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    spec:\n      initContainers: [{image: a}]\n      containers: [{image: b}]',
      'apiVersion: example.com/v1beta1\nkind: Db\nspec: {image: c}',
      'apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: Pod, spec: {containers: [{image: d}]}}]',
    ].join('\n---\n');
    expect(findManifest('k.yaml', text).manifest?.images.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('reads JSON', () => {
    const text = JSON.stringify({ apiVersion: 'v1', kind: 'Pod', spec: { containers: [{ image: 'web' }] } });
    expect(findManifest('k.json', text).manifest?.images.map(({ name }) => name)).toEqual(['web']);
  });

  it.for([
    ['a skaffold.yaml', 'apiVersion: skaffold/v4beta13\nkind: Config\n'],
    ['a kustomization', 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n'],
    ['a kind cluster', 'apiVersion: kind.x-k8s.io/v1alpha4\nkind: Cluster\n'],
    ['no kind', 'apiVersion: v1\n'],
    ['another document', `${pod('web')}---\nname: x\n`],
    ['no document', '# apiVersion kind\n'],
    ['a template as version', 'apiVersion: "{{ x }}"\nkind: Pod\n'],
  ] as const)('leaves %s alone', ([, text]) => {
    expect(findManifest('k.yaml', text)).toEqual({});
  });

  it.for([
    ['no YAML', 'apiVersion: v1\nkind: [Pod\n', /^k\.yaml:\d+:\d+: W004 /],
    [
      'a bomb',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefghi'].map((name, i) => `${name}: &${name} [${`*${'abcdefghi'[i]},`.repeat(9)}]`).join('\n')}\napiVersion: v1\nkind: Pod\n`,
      /W008/,
    ],
    ['deep nesting', `apiVersion: v1\nkind: Pod\nx: ${'['.repeat(5000)}`, /^k\.yaml:\d+:\d+: W0/],
  ] as const)('reports %s', ([, text, why]) => {
    const { manifest, leftOut } = findManifest('k.yaml', text);
    expect(manifest).toBeUndefined();
    expect(leftOut?.why).toMatch(why);
  });

  it('takes no template for an image', () => {
    expect(findManifest('k.yaml', pod('"{{ .image }}"')).manifest?.images).toEqual([]);
    expect(findManifest('k.yaml', pod('$IMAGE')).manifest?.images).toEqual([]);
  });
});

describe('kustomizations', () => {
  const read = (path: string, text: string) => findKustomization(path, text).kustomization;

  it('use files and folders, and rename images', () => {
    const text =
      'resources: [a.yaml, ../../base/, "https://x.y/z"]\npatchesStrategicMerge: [p.yaml]\nimages:\n- name: web\n  newName: acme/web\n- name: x\n  newTag: "1"\n';
    expect(read('overlays/dev/kustomization.yaml', text)).toEqual({
      path: 'overlays/dev',
      uses: ['overlays/dev/a.yaml', 'base', 'overlays/dev/p.yaml'],
      renames: new Map([['web', 'acme/web']]),
    });
  });

  it('are roots if no other one uses them', () => {
    const all = ['base', 'overlays/dev', 'overlays/prod'].map((path) => ({
      ...{ path, renames: new Map<string, string>() },
      uses: path === 'base' ? [] : ['base'],
    }));
    expect(rootKustomizations(all).map(({ path }) => path)).toEqual(['overlays/dev', 'overlays/prod']);
  });
});

describe('charts', () => {
  it.for([
    ['name: web\nversion: 1.0.0\n', { path: 'chart', name: 'web' }],
    ['name: lib\ntype: library\n', undefined],
    ['version: 1\n', undefined],
    ['{{ x }}', undefined],
  ] as const)('%j', ([text, chart]) => {
    expect(findChart('chart/Chart.yaml', text)).toEqual(chart);
  });

  it('name images in their values', () => {
    const values =
      'image:\n  repository: acme/web\n  tag: ""\ndb:\n  image: {registry: r.io, repository: pg, tag: "16"}\nsidecarImage: side:1\nimagePullPolicy: Always\n';
    expect(imagesOfValues('values.yaml', values).map(({ written, pinned }) => [written, pinned])).toEqual([
      ['acme/web', false],
      ['r.io/pg:16', true],
      ['side:1', true],
    ]);
  });
});

describe('findComposeServices', () => {
  it.for([
    ['compose.yaml', true],
    ['x/docker-compose.yml', true],
    ['docker-compose.dev.yml', true],
    ['compose.txt', false],
    ['recompose.yaml', false],
  ] as const)('%s is a name: %s', ([path, is]) => {
    expect(isComposeName(path)).toBe(is);
  });

  it('finds the services with build', () => {
    const text = `services:
  web: {build: ., ports: ["8080:80", "127.0.0.1:1:53/udp", 9000]}
  api:
    image: acme/api:1
    build: {context: ../api, dockerfile: x.Dockerfile, target: t, args: {A: 1, B: }, cache_from: [x]}
    expose: ["3000"]
  job: {build: {args: [A=b=c, D]}}
  db: {image: postgres}
`;
    const { services, diagnostics } = findComposeServices('deploy/compose.yaml', text);
    expect(diagnostics).toEqual([]);
    expect(services).toEqual([
      {
        name: 'web',
        image: 'web',
        context: 'deploy',
        dockerfile: 'deploy/Dockerfile',
        args: {},
        ports: [80, 9000],
        unused: [],
      },
      {
        ...{ name: 'api', image: 'acme/api', context: 'api', dockerfile: 'api/x.Dockerfile', target: 't' },
        ...{ args: { A: '1', B: null }, ports: [3000], unused: ['cache_from'] },
      },
      {
        name: 'job',
        image: 'job',
        context: 'deploy',
        dockerfile: 'deploy/Dockerfile',
        args: { A: 'b=c', D: null },
        ports: [],
        unused: [],
      },
    ]);
  });

  it('reports what is no YAML', () => {
    expect(findComposeServices('c.yaml', 'a: [').diagnostics).toMatchObject([{ code: 'W004' }]);
  });
});
