import { describe, expect, it } from 'vitest';
import type { IngressRoutes } from '../../model/ingress-routes.ts';
import type { KubernetesObject } from '../kubernetes-object.ts';
import { localPlan } from './local-plan.ts';

type Value = Readonly<Record<string, unknown>>;

const service = (name: string, spec: Value, namespace?: string): KubernetesObject => ({
  ...{ apiVersion: 'v1', kind: 'Service' },
  metadata: { name, ...(namespace !== undefined && { namespace }) },
  spec: { selector: { app: 'web' }, ...spec },
});
const services = [
  service('web', { ports: [{ name: 'http', port: 80 }, { port: 81 }] }),
  service('api', {
    ports: [
      { name: 'dns', port: 53, protocol: 'UDP' },
      { name: 'http', port: 9000 },
    ],
  }),
  service('other', { ports: [{ port: 1 }] }, 'tools'),
  service('outside', { type: 'ExternalName', externalName: 'example.com' }),
];
const pod: KubernetesObject = {
  ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', labels: { app: 'web' } } },
  spec: { containers: [{ name: 'web', image: 'web:1' }] },
};

const to = (name: string, port: Value = { number: 80 }) => ({ service: { name, port } });
const path = (text: string, pathType = 'Prefix', backend: Value = to('web')) => ({ path: text, pathType, backend });
const rule = (host: string | undefined, ...paths: readonly Value[]) => ({ ...(host && { host }), http: { paths } });

function ingress(spec: Value, name = 'shop', more: Value = {}): KubernetesObject {
  return { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name, ...more }, spec };
}

function planned(ingresses: readonly KubernetesObject[], servesIngress = true) {
  const manifests = [...services, pod, ...ingresses];
  const { routes, problems, notes } = localPlan(manifests, { name: 'shop', namespace: 'default', servesIngress });
  const about = (all: typeof problems) =>
    all.flatMap(({ object, detail }) => (object.startsWith('ingress') ? [`${object}: ${detail}`] : []));
  return { routes, problems: about(problems), notes: about(notes) };
}

/** Returns `HOST PATH → SERVICE:PORT` for each route. */
function lines(routes: IngressRoutes | undefined): readonly string[] {
  const shown = (backend: IngressRoutes['otherwise']) =>
    backend === undefined || 'missing' in backend
      ? `(${backend?.missing})`
      : `${backend.namespace}/${backend.service}:${backend.port}`;
  return [
    ...(routes?.hosts ?? []).flatMap(({ host = '-', paths, otherwise }) => [
      ...paths.map((each) => `${host} ${each.type === 'exact' ? '=' : ''}${each.path} ${shown(each.backend)}`),
      ...(otherwise ? [`${host} otherwise ${shown(otherwise)}`] : []),
    ]),
    ...(routes?.otherwise ? [`otherwise ${shown(routes.otherwise)}`] : []),
  ];
}

it('reads hosts, paths and backends', () => {
  const { routes, problems, notes } = planned([
    ingress({
      ingressClassName: 'nginx',
      rules: [
        rule('shop.localhost', path('/'), path('/api', 'Exact', to('api', { name: 'http' }))),
        rule('*.example.com', path('', 'ImplementationSpecific', to('web', { number: 81 }))),
        rule(undefined, path('/x')),
        { host: 'empty.localhost' },
      ],
    }),
  ]);
  expect([problems, notes]).toEqual([[], []]);
  expect(routes?.ingresses).toEqual(['shop']);
  expect(lines(routes)).toEqual([
    'shop.localhost / default/web:80',
    'shop.localhost =/api default/api:9000',
    '*.example.com / default/web:81',
    '- /x default/web:80',
  ]);
  expect(routes?.hosts.map(({ host }) => host)).toContain('empty.localhost');
});

it('joins the rules of several objects, and keeps the first of equal ones', () => {
  const { routes, problems, notes } = planned([
    ingress({ defaultBackend: to('web'), rules: [rule('a.localhost', path('/x'))] }, 'one'),
    ingress({ defaultBackend: to('api', { number: 9000 }), rules: [rule('b.localhost', path('/'))] }, 'two'),
    ingress({ rules: [rule('a.localhost', path('/x', 'Prefix', to('api', { number: 9000 })), path('/y'))] }, 'three'),
    ingress({ rules: [rule(undefined, path('/', 'Prefix', to('other', { number: 1 })))] }, 'four', {
      namespace: 'tools',
    }),
  ]);
  expect(problems).toEqual([]);
  expect(notes).toEqual([
    'ingress.networking.k8s.io/two: spec.defaultBackend: that of an earlier Ingress gets the requests to other hosts',
    'ingress.networking.k8s.io/three: spec.rules[0].http.paths[0].path: an earlier rule has the same host, path and type',
  ]);
  expect(routes?.ingresses).toEqual(['one', 'two', 'three', 'four']);
  expect(lines(routes)).toEqual([
    'a.localhost /x default/web:80',
    'a.localhost /y default/web:80',
    'a.localhost otherwise default/web:80',
    'b.localhost / default/web:80',
    'b.localhost otherwise default/api:9000',
    '- / tools/other:1',
    'otherwise default/web:80',
  ]);
});

describe('notes name the field', () => {
  const one = (backend: Value) => ({ rules: [rule('a.localhost', path('/', 'Prefix', backend))] });
  const at = 'spec.rules[0].http.paths[0]';
  it.each<[string, Value, string, string?]>([
    ['no such Service', one(to('shop')), `${at}.backend.service.name: the deploy has no Service shop`],
    [
      'a Service of another namespace',
      one(to('other', { number: 1 })),
      `${at}.backend.service.name: the deploy has no Service other`,
    ],
    ['a Service without pods', one(to('outside')), `${at}.backend.service.name: Service outside leads to no pods`],
    ['no such port', one(to('web', { number: 8080 })), `${at}.backend.service.port: Service web has no TCP port 8080`],
    ['no such name', one(to('web', { name: 'ui' })), `${at}.backend.service.port: Service web has no TCP port ui`],
    ['a UDP port', one(to('api', { name: 'dns' })), `${at}.backend.service.port: Service api has no TCP port dns`],
    [
      'a resource',
      one({ resource: { apiGroup: 'k8s.example.com', kind: 'Bucket', name: 'b' } }),
      `${at}.backend.resource: only Services are supported on a container engine`,
    ],
    [
      'TLS',
      { ...one(to('web')), tls: [{ hosts: ['a.localhost'], secretName: 't' }] },
      'spec.tls: it is served as plain HTTP',
      'default/web:80',
    ],
    [
      'a pattern',
      { rules: [rule('a.localhost', path('/api(/|$)(.*)', 'ImplementationSpecific'))] },
      `${at}.path: it is matched as a Prefix: characters of patterns have no meaning`,
      'default/web:80',
    ],
    [
      'an unknown field',
      { ...one(to('web')), weight: 3 },
      'spec.weight: has no effect on a container engine',
      'default/web:80',
    ],
  ])('%s', (_, spec, note, backend) => {
    const { routes, problems, notes } = planned([ingress(spec)]);
    expect(problems).toEqual([]);
    expect(notes).toEqual([`ingress.networking.k8s.io/shop: ${note}`]);
    // The rule stays, so its requests go to no other backend.
    const [line] = lines(routes);
    expect(line).toContain(backend ?? `(${note.slice(note.indexOf(': ') + 2)})`);
  });

  it('and settings of controllers', () => {
    const annotations = {
      'nginx.ingress.kubernetes.io/rewrite-target': '/$2',
      'kubernetes.io/ingress.class': 'nginx',
      'example.com/owner': 'me',
    };
    expect(planned([ingress(one(to('web')), 'shop', { annotations })]).notes).toEqual([
      'ingress.networking.k8s.io/shop: metadata.annotations["nginx.ingress.kubernetes.io/rewrite-target"]: settings of Ingress controllers have no effect',
    ]);
  });

  it('and versions that clusters no longer have', () => {
    const old = { ...ingress(one(to('web'))), apiVersion: 'networking.k8s.io/v1beta1' };
    expect(planned([old])).toEqual({
      routes: undefined,
      problems: [],
      notes: [
        'ingress.networking.k8s.io/shop: apiVersion: write networking.k8s.io/v1: clusters no longer have networking.k8s.io/v1beta1',
      ],
    });
  });
});

describe('what no cluster would store is a problem, whether it is served or not', () => {
  it.each<[Value, string]>([
    [{}, 'spec.rules: is missing, and there is no defaultBackend'],
    [{ rules: {} }, 'spec.rules: must be a list'],
    [
      { rules: [rule('Shop.example.com', path('/'))] },
      'spec.rules[0].host: must be a DNS name in lower case, such as shop.example.com or *.example.com',
    ],
    [
      { rules: [rule('127.0.0.1', path('/'))] },
      'spec.rules[0].host: must be a DNS name in lower case, such as shop.example.com or *.example.com',
    ],
    [
      { rules: [rule('a.*.com', path('/'))] },
      'spec.rules[0].host: must be a DNS name in lower case, such as shop.example.com or *.example.com',
    ],
    [{ rules: [rule('a.com', path('x'))] }, 'spec.rules[0].http.paths[0].path: must begin with a slash'],
    [
      { rules: [rule('a.com', path('/', 'Regex'))] },
      'spec.rules[0].http.paths[0].pathType: must be one of Exact, Prefix, ImplementationSpecific',
    ],
    [{ rules: [rule('a.com', { path: '/', backend: to('web') })] }, 'spec.rules[0].http.paths[0].pathType: is missing'],
    [{ rules: [rule('a.com', { path: '/', pathType: 'Exact' })] }, 'spec.rules[0].http.paths[0].backend: is missing'],
    [{ defaultBackend: {} }, 'spec.defaultBackend.service: is missing'],
    [{ defaultBackend: { service: { port: { number: 80 } } } }, 'spec.defaultBackend.service.name: is missing'],
    [{ defaultBackend: to('web', {}) }, 'spec.defaultBackend.service.port: must have a number or a name'],
    [
      { defaultBackend: to('web', { number: 80, name: 'http' }) },
      'spec.defaultBackend.service.port.name: excludes `number`',
    ],
    [{ defaultBackend: { ...to('web'), resource: {} } }, 'spec.defaultBackend.resource: excludes `service`'],
  ])('%j', (spec, problem) => {
    for (const served of [true, false])
      expect(planned([ingress(spec)], served).problems).toEqual([`ingress.networking.k8s.io/shop: ${problem}`]);
  });
});

it('says that an Ingress is not served without --port-forward, and nothing else', () => {
  const { routes, problems, notes } = planned([ingress({ defaultBackend: to('nothing'), tls: [{}] })], false);
  expect(routes).toBeUndefined();
  expect(problems).toEqual([]);
  expect(notes).toEqual([
    'ingress.networking.k8s.io/shop: kind: an Ingress is served only while --port-forward is open: use that, or the ports of the Services on 127.0.0.1',
  ]);
});
