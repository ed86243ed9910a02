import { expect, test } from 'vitest';
import { plainBuild } from '../../../../test/rigs/plain-build.ts';
import type { ImageBuild } from '../../image-builder.ts';
import { unsupportedOption } from '../../build-options.ts';
import { buildahCommand, buildahLimits } from './buildah-command.ts';

function job(build: Partial<ImageBuild>) {
  const made = buildahCommand({ ...plainBuild, ...build }, 'FROM busybox\n');
  if (made.status !== 'succeeded') throw new Error(JSON.stringify(made));
  const files = Object.fromEntries(made.value.files.map(({ name, content }) => [name, String(content)]));
  return { ...made.value, files, script: (files['build'] ?? '').split('\n') };
}

const bud =
  'buildah bud --isolation=chroot --storage-driver=vfs --format=docker --iidfile=/slipway/results/image --ignorefile=/slipway/files/no-rules --file=/slipway/files/Dockerfile';

test.each<[string, Partial<ImageBuild>, readonly string[]]>([
  ['without a push', {}, [`${bud} /slipway/context || exit $?`, '']],
  [
    'each push is a separate call, for the built image',
    {
      pushes: [
        { reference: 'r.example/a:1', insecure: false },
        { reference: 'r.example/a:2', insecure: true },
      ],
    },
    [
      `${bud} /slipway/context || exit $?`,
      'image=$(cat /slipway/results/image)',
      "echo 'Pushing r.example/a:1'",
      'buildah push --storage-driver=vfs --digestfile=/slipway/results/digest-1 "$image" docker://r.example/a:1 || exit $?',
      "echo 'Pushing r.example/a:2'",
      'buildah push --storage-driver=vfs --digestfile=/slipway/results/digest-2 --tls-verify=false "$image" docker://r.example/a:2 || exit $?',
      '',
    ],
  ],
  [
    'base images of a registry without TLS',
    { insecure: true },
    [`${bud} --tls-verify=false /slipway/context || exit $?`, ''],
  ],
  [
    'arguments and labels',
    { args: [{ name: 'A', value: "b'c" }], labels: { key: 'the value' } },
    [`${bud} '--build-arg=A=b'\\''c' '--label=key=the value' /slipway/context || exit $?`, ''],
  ],
  [
    'an argument with a secret',
    { args: [{ name: 'TOKEN', value: 'hush hush' }], hides: (text) => text.includes('hush') },
    ["export TOKEN='hush hush'", `${bud} --build-arg=TOKEN /slipway/context || exit $?`, ''],
  ],
  [
    'a secret that is mounted',
    { secrets: new Map([['TOKEN', 'hush']]) },
    [`${bud} --secret=id=TOKEN,src=/slipway/files/secret-1 /slipway/context || exit $?`, ''],
  ],
  [
    'a stage, a platform and hosts',
    {
      target: 'first stage',
      platforms: ['linux/arm64'],
      addHosts: [
        { name: 'a', address: '192.0.2.1' },
        { name: 'b', address: '::1' },
      ],
      noCache: true,
    },
    [
      `${bud} '--target=first stage' --platform=linux/arm64 --add-host=a:192.0.2.1 --add-host=b:::1 /slipway/context || exit $?`,
      '',
    ],
  ],
  [
    'keys of SSH',
    {
      ssh: new Map([
        ['default', { keys: ['one', 'two'] }],
        ['other', { keys: ['three'] }],
      ]),
    },
    [
      `${bud} --ssh=default=/slipway/files/ssh-1-1,/slipway/files/ssh-1-2 --ssh=other=/slipway/files/ssh-2-1 /slipway/context || exit $?`,
      '',
    ],
  ],
])('%s', (_, build, script) => {
  expect(job(build).script).toEqual(script);
});

test('nothing of a build is visible on the platform', () => {
  const made = job({
    args: [{ name: 'A', value: 'value' }],
    secrets: new Map([['TOKEN', 'hush']]),
    ssh: new Map([['default', { keys: ['a key'] }]]),
    login: 'anonymous',
  });
  expect(made.command).toEqual(['/bin/sh', '/slipway/files/build']);
  expect(made.env).toEqual({ REGISTRY_AUTH_FILE: '/slipway/files/config.json' });
  expect(made.files).toMatchObject({
    'secret-1': 'hush',
    'ssh-1-1': 'a key',
    'no-rules': '',
    'config.json': '{"auths":{}}',
    Dockerfile: 'FROM busybox\n',
  });
});

test.each<[string, Partial<ImageBuild>]>([
  ['an argument with a secret whose name no shell can set', { args: [{ name: 'a-b', value: 'x' }], hides: () => true }],
  ['a secret whose id would be an option', { secrets: new Map([['a,src=/etc/shadow', 'x']]) }],
])('%s is refused', (_, build) => {
  expect(buildahCommand({ ...plainBuild, ...build }, 'FROM busybox\n')).toMatchObject({
    status: 'failed',
    failure: { code: 'unsupported' },
  });
});

test.each<[string, Partial<ImageBuild>, RegExp]>([
  ['an ssh-agent', { ssh: new Map([['default', { agent: '/s' }]]) }, /ssh: .*name the keys/],
  ['an id of SSH keys that is an option', { ssh: new Map([['a=/etc/shadow', { keys: [] }]]) }, /ssh: the id "a=/],
  ['cacheFrom', { cacheFrom: ['a:1'] }, /cacheFrom: /],
  ['the network none', { network: 'none' }, /network: /],
])('%s is refused before there is a pod', (_, build, detail) => {
  expect(unsupportedOption({ ...plainBuild, ...build }, buildahLimits)?.detail).toMatch(detail);
});
