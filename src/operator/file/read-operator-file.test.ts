import { describe, expect, it } from 'vitest';
import { memoryFiles } from '../../../test/rigs/memory-pipeline.ts';
import { readOperatorFile } from './read-operator-file.ts';

const places = { system: '/etc/slipway/config.yaml', user: '/home/dev/.config/slipway/config.yaml' };

async function read(texts: { readonly system?: string; readonly user?: string }) {
  const files = {
    ...(texts.system !== undefined && { [places.system]: texts.system }),
    ...(texts.user !== undefined && { [places.user]: texts.user }),
  };
  return await readOperatorFile(places, '/home/dev', memoryFiles(files));
}

async function messages(user: string): Promise<readonly string[]> {
  return (await read({ user })).diagnostics.map(
    ({ code, message, place }) => `${place?.line ?? 0}:${place?.column ?? 0} ${code} ${message}`,
  );
}

describe('what the operator maps', () => {
  it('is nothing where there is no file, or an empty one', async () => {
    const nothing = {
      files: [],
      clusters: new Map(),
      secrets: new Map(),
      serviceAccounts: [],
      images: {},
      kubernetes: { unschedulableAfterMs: 120_000 },
    };
    expect(await read({})).toEqual({ value: nothing, diagnostics: [] });
    expect(await read({ user: '# nothing yet\n' })).toEqual({
      value: { ...nothing, files: [places.user] },
      diagnostics: [],
    });
    expect((await read({ user: 'clusters:\nsecrets: {}\n' })).value).toEqual({ ...nothing, files: [places.user] });
  });

  it('has absolute paths: from home, from the folder of the file, or as they are', async () => {
    const { value, diagnostics } = await read({
      user: 'clusters:\n  a: {kubeconfig: ~/.kube/config}\n  b: {kubeconfig: b.kubeconfig}\n  c: {kubeconfig: ../c}\nsecrets: {s: {k: {file: /run/k}}}\ncertificates: certs/\n',
      system: 'secrets: {t: {k: {file: secrets/t}}}',
    });
    expect(diagnostics).toEqual([]);
    expect([...(value?.clusters ?? [])].map(([name, { kubeconfig }]) => [name, kubeconfig])).toEqual([
      ['a', '/home/dev/.kube/config'],
      ['b', '/home/dev/.config/slipway/b.kubeconfig'],
      ['c', '/home/dev/.config/c'],
    ]);
    expect(value?.certificates).toBe('/home/dev/.config/slipway/certs');
    expect(value?.secrets.get('s')).toMatchObject({
      keys: new Map([['k', expect.objectContaining({ file: '/run/k' })]]),
    });
    expect(value?.secrets.get('t')).toMatchObject({
      keys: new Map([['k', expect.objectContaining({ file: '/etc/slipway/secrets/t' })]]),
    });
  });

  it('are secrets from files, variables, helpers, or Kubernetes', async () => {
    const { value } = await read({
      user: 'secrets:\n  login:\n    username: {helper: pass, server: registry.example.org, part: username}\n    password: {helper: pass, server: registry.example.org}\n    token: {environment: TOKEN}\n    kubernetes: {file: /k}\n  other: {kubernetes: in-cluster}\n',
    });
    const login = value?.secrets.get('login');
    expect(login && 'keys' in login ? [...login.keys].map(([key, { at: _, ...source }]) => [key, source]) : []).toEqual(
      [
        ['username', { helper: 'pass', server: 'registry.example.org', part: 'username' }],
        ['password', { helper: 'pass', server: 'registry.example.org', part: 'secret' }],
        ['token', { environment: 'TOKEN' }],
        ['kubernetes', { file: '/k' }],
      ],
    );
    expect(value?.secrets.get('other')).toMatchObject({ kubernetes: 'in-cluster' });
  });

  it('are pods: what they are made with, by the defaults where nothing is said', async () => {
    const template = {
      metadata: { labels: { team: 'a' } },
      spec: {
        tolerations: [{ operator: 'Exists' }],
        containers: [{ name: 'step', resources: { requests: { cpu: 1 } } }],
      },
    };
    const { value, diagnostics } = await read({
      system: 'kubernetes: {helperImage: tools/helper, restricted: false}',
      user: `kubernetes: ${JSON.stringify({ helperImage: 'mine', builder: { kind: 'buildah', image: 'b' }, restricted: true, unschedulableAfter: '90s', podTemplate: template })}`,
    });
    expect(diagnostics).toEqual([]);
    expect(value?.kubernetes).toEqual({
      helperImage: 'tools/helper',
      builder: { kind: 'buildah', image: 'b' },
      unschedulableAfterMs: 90_000,
      podTemplate: template,
    });
    const restricted = async (text: string) =>
      (await read({ user: `kubernetes: {restricted: ${text}}` })).value?.kubernetes.restricted;
    expect([
      await restricted('true'),
      await restricted('false'),
      await restricted('{user: 5}'),
      await restricted('{group: 6}'),
    ]).toEqual([{ user: 1000, group: 1000 }, undefined, { user: 5, group: 1000 }, { user: 1000, group: 6 }]);
  });

  it('is decided by the system, entry by entry', async () => {
    const { value } = await read({
      system:
        'clusters: {prod: {context: admin}}\nsecrets: {a: {k: {environment: A}}}\nserviceAccounts: [builder]\nimages: {helm: ours/helm}\n',
      user: 'clusters: {prod: {context: mine, namespace: x}, dev: {context: d}}\nsecrets: {a: {k: {environment: B}, l: {environment: C}}, b: {k: {environment: D}}}\nserviceAccounts: [root]\ncertificates: /certs\nimages: {helm: mine/helm, kubectl: mine/kubectl}\n',
    });
    expect(value?.files).toEqual([places.system, places.user]);
    expect([...(value?.clusters ?? [])].map(([name, { at: _, ...cluster }]) => [name, cluster])).toEqual([
      ['prod', { context: 'admin' }],
      ['dev', { context: 'd' }],
    ]);
    const a = value?.secrets.get('a');
    expect(a && 'keys' in a && [...a.keys.keys()]).toEqual(['k']);
    expect([...(value?.secrets.keys() ?? [])]).toEqual(['a', 'b']);
    expect(value).toMatchObject({
      serviceAccounts: ['builder'],
      certificates: '/certs',
      images: { helm: 'ours/helm', kubectl: 'mine/kubectl' },
    });
  });

  it.each([
    [undefined, 'clusters: {default: prod, prod: {context: p}}', 'p'],
    [undefined, 'clusters: {default: {context: d}, prod: {context: p}}', 'd'],
    ['clusters: {prod: {context: p}}', 'clusters: {default: prod}', 'p'],
    ['clusters: {default: prod}', 'clusters: {prod: {context: p}}', 'p'],
    ['clusters: {default: prod, prod: {context: p}}', 'clusters: {default: {context: d}}', 'p'],
    ['clusters: {default: {context: d}}', 'clusters: {default: prod, prod: {context: p}}', 'd'],
    ['clusters: {prod: {context: p}}', 'clusters: {prod: {context: q}, default: prod}', 'p'],
    [undefined, 'clusters: {prod: {context: p}}', undefined],
  ])('has a default cluster of its own or by name: %j and %j', async (system, user, context) => {
    const { value, diagnostics } = await read({ ...(system !== undefined && { system }), user });
    expect(diagnostics).toEqual([]);
    expect(value?.clusters.get('default')?.context).toBe(context);
  });
});

describe('mistakes of the operator', () => {
  it.each([
    ['[a]', ["1:1 W011 the operator's file must be a map, but is a list"]],
    ['cluster: {}', ["1:1 W012 unknown field `cluster` in the operator's file, did you mean `clusters`?"]],
    ['kubernetes: [a]', ['1:13 W011 `kubernetes` must be a map, but is a list']],
    [
      'kubernetes: {helperImag: a}',
      ['1:14 W012 unknown field `helperImag` in `kubernetes`, did you mean `helperImage`?'],
    ],
    ['kubernetes: {helperImage: }', ['1:27 W011 `helperImage` must be a string, but is empty']],
    [
      'kubernetes: {builder: {kind: docker, image: a}}',
      ['1:30 W077 `kind`: `docker` is not a valid builder (known builders: kaniko, buildah)'],
    ],
    ['kubernetes: {builder: {kind: kaniko}}', ['1:14 W013 `builder` requires the field `image`']],
    ['kubernetes: {restricted: yes}', ['1:26 W011 `restricted` must be a boolean, but is a string']],
    [
      'kubernetes: {restricted: }',
      ['1:26 W011 `restricted` must be a boolean, or a map of `user` and `group`, but is empty'],
    ],
    ['kubernetes: {restricted: {user: 0}}', ['1:33 W026 `user` must be from 1 to 2147483647, but is 0']],
    ['kubernetes: {unschedulableAfter: 2}', ['1:34 W024 `unschedulableAfter`: `2` has no unit']],
    [
      'kubernetes: {podTemplate: {sepc: {}}}',
      ['1:28 W012 unknown field `sepc` in `podTemplate`, did you mean `spec`?'],
    ],
    [
      'kubernetes: {podTemplate: {metadata: {name: a, namespace: b, labels: {slipway.dev/run: x, team: y}}}}',
      [
        '1:39 W078 `name` of `metadata` is set by Slipway',
        '1:48 W078 `namespace` of `metadata` is set by Slipway',
        '1:71 W078 `slipway.dev/run` is set by Slipway',
      ],
    ],
    [
      'kubernetes: {podTemplate: {spec: {restartPolicy: Always, nodeSelector: {a: b}}}}',
      ['1:35 W078 `restartPolicy` of `spec` is set by Slipway'],
    ],
    [
      'kubernetes: {podTemplate: {spec: {containers: {a: b}}}}',
      ['1:47 W011 `containers` must be a list, but is a map'],
    ],
    [
      'kubernetes: {podTemplate: {spec: {containers: [a, {image: b}]}}}',
      [
        '1:48 W011 `containers` item 1 must be a map, but is a string',
        '1:51 W013 `containers` item 2 requires the field `name`',
      ],
    ],
    [
      'kubernetes: {podTemplate: {spec: {containers: [{name: proxy, image: a}, {name: proxy, image: b}]}}}',
      ['1:80 W079 duplicate name `proxy` in `containers`'],
    ],
    [
      'kubernetes: {podTemplate: {spec: {containers: [{name: setp}]}}}',
      ['1:55 W013 the container `setp`, which runs beside the step requires the field `image`'],
    ],
    [
      'kubernetes: {podTemplate: {spec: {containers: [{name: step, image: a, command: [b], tty: true}]}}}',
      [
        '1:61 W078 `image` of container `step` is set by Slipway',
        '1:71 W078 `command` of container `step` is set by Slipway',
      ],
    ],
    [
      'kubernetes: {podTemplate: {spec: {containers: [{name: step, volumeMounts: [{name: a, mountPath: /mnt/repo}, {name: a, mountPath: /mnt/repo/cache}]}]}}}',
      ['1:97 W078 the mount `/mnt/repo` is set by Slipway'],
    ],
    [
      'kubernetes: {podTemplate: {spec: {initContainers: [{name: slipway, image: a}]}}}',
      ['1:59 W078 the init container `slipway` is set by Slipway'],
    ],
    [
      'kubernetes: {podTemplate: {spec: {volumes: [{name: workspace, hostPath: {path: /}}, {name: script, emptyDir: {sizeLimit: 1Mi}}]}}}',
      ['1:52 W078 the volume `workspace` is set by Slipway'],
    ],
    ['clusters: [a]', ['1:11 W011 `clusters` must be a map, but is a list']],
    ['clusters: {prod: admin@prod}', ['1:18 W011 `prod` must be a map, but is a string']],
    ['clusters: {prod: {contxt: a}}', ['1:19 W012 unknown field `contxt` in cluster `prod`, did you mean `context`?']],
    [
      'clusters: {prod: {kubeconfig: "${HOME}/x"}}',
      ['1:31 W030 `kubeconfig` does not support variables, but is `${HOME}/x`'],
    ],
    ['clusters: {default: prdo, prod: {}}', ['1:21 W068 unknown default cluster `prdo`, did you mean `prod`?']],
    ['clusters: {default: default}', ['1:21 W068 unknown default cluster `default`']],
    ['clusters: {default: [a]}', ['1:21 W011 `default` must be a map, but is a list']],
    ['secrets: {s: value}', ['1:14 W011 secret `s` must be a map of keys, but is a string']],
    ['secrets: {s: {}}', ['1:14 W014 secret `s` must not be empty']],
    ['secrets: {s: {k: value}}', ['1:18 W011 `k` must be a map, but is a string']],
    ['secrets: {s: {k: {}}}', ['1:15 W067 key `k` of secret `s` has no source']],
    ['secrets: {s: {k: {fiel: x}}}', ['1:19 W012 unknown field `fiel` in key `k` of secret `s`, did you mean `file`?']],
    [
      'secrets: {s: {k: {file: x, environment: Y}}}',
      ['1:28 W066 key `k` of secret `s` has more than one source: `file` and `environment`'],
    ],
    ['secrets: {s: {k: {helper: pass}}}', ['1:15 W013 key `k` of secret `s` requires the field `server`']],
    [
      'secrets: {s: {k: {helper: ../x, server: a}}}',
      ['1:27 W077 `helper`: `../x` is not a valid credential helper name'],
    ],
    [
      'secrets: {s: {k: {helper: pass, server: a, part: password}}}',
      ['1:50 W077 `part`: `password` is not a valid field of the response'],
    ],
    ['secrets: {s: {k: {file: x, server: a}}}', ['1:28 W012 unknown field `server` in key `k` of secret `s`']],
    ['secrets: {s: {A=B: {file: x}}}', ['1:15 W029 key `A=B` of secret `s` must not contain `=`']],
    ['secrets: {s: {k: {environment: A=B}}}', ['1:32 W029 `environment` must not contain `=`']],
    [
      'secrets: {s: {kubernetes: x, k: {file: y}}}',
      ['1:30 W066 secret `s` has more than one source: `kubernetes` and `k`'],
    ],
    ['secrets: {s: {kubernetes: }}', ['1:27 W011 `kubernetes` must be a string, but is empty']],
    ['serviceAccounts: builder', ['1:18 W011 `serviceAccounts` must be a list, but is a string']],
    ['images: {docker: x}', ['1:10 W012 unknown field `docker` in `images`']],
    ['images: {helm: 3}', ['1:16 W011 `helm` must be a string, but is an integer']],
    ['certificates: [a]', ['1:15 W011 `certificates` must be a string, but is a list']],
    ['a: b: c', ['1:4 W004 invalid YAML: nested mappings are not allowed in compact mappings']],
  ])('%s', async (text, expected) => {
    expect(await messages(text)).toEqual(expected);
  });

  it('of both files are reported together, and give no result', async () => {
    const { value, diagnostics } = await read({ system: 'x: 1', user: 'y: 1' });
    expect(value).toBeUndefined();
    expect(diagnostics.map(({ place }) => place?.file)).toEqual([places.system, places.user]);
  });

  it.each([
    ['EACCES: permission denied', async () => await Promise.reject(new Error('EACCES: permission denied'))],
    ['not UTF-8 text', async () => await Promise.resolve(Uint8Array.of(0xff))],
  ])('%s', async (detail, reading) => {
    const { value, diagnostics } = await readOperatorFile(places, '/home/dev', {
      kind: async (path) => await Promise.resolve(path === places.user ? 'file' : undefined),
      read: reading,
    });
    expect(value).toBeUndefined();
    expect(diagnostics).toMatchObject([
      { code: 'W003', message: `cannot read the file: ${detail}`, place: { file: places.user } },
    ]);
  });
});
