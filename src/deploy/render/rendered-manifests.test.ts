import { describe, expect, it } from 'vitest';
import { recordingWork } from '../../../test/rigs/recording-work.ts';
import { cancelledBy, failed, succeeded, type Failure, type Outcome } from '../../model/outcome.ts';
import type { Renderer } from '../deployer.ts';
import type { KubernetesObject, Manifest } from '../kubernetes-object.ts';
import { noFieldRules } from '../manifests/field-rules.ts';
import { renderManifests, type RenderChange } from './rendered-manifests.ts';

function rendererOf(source: string, outcome: Outcome<readonly KubernetesObject[]>): Renderer {
  const made: Outcome<readonly Manifest[]> =
    outcome.status === 'succeeded' ? succeeded(outcome.value.map((object) => ({ object, source }))) : outcome;
  return { source, render: async () => await Promise.resolve(made) };
}
const rendering = (source: string, ...objects: readonly KubernetesObject[]) => rendererOf(source, succeeded(objects));
const failing = (source: string, failure: Failure) => rendererOf(source, failed(failure));

const pod = (name: string, image = 'web', more: object = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...more },
  spec: { containers: [{ name: 'a', image }] },
});

const unchanged: RenderChange = {
  images: [],
  labels: {},
  platforms: new Map(),
  rules: noFieldRules,
  allowEmpty: false,
};

const render = async (renderers: readonly Renderer[], change: Partial<RenderChange> = {}) =>
  await renderManifests(renderers, { ...unchanged, ...change }, recordingWork().work);

describe('renderManifests', () => {
  it('keeps the order of sources and objects', async () => {
    const outcome = await render([rendering('b', pod('2'), pod('1')), rendering('a', pod('0'))]);
    expect(outcome).toMatchObject({
      value: {
        manifests: [
          { object: { metadata: { name: '2' } }, source: 'b' },
          { object: { metadata: { name: '1' } }, source: 'b' },
          { object: { metadata: { name: '0' } }, source: 'a' },
        ],
      },
    });
  });

  it('changes objects', async () => {
    const outcome = await render([rendering('a', pod('p'))], {
      images: [
        { name: 'web', reference: 'reg/web:1' },
        { name: 'api', reference: 'reg/api:1' },
      ],
      labels: { team: 'blue' },
      namespace: 'dev',
      platforms: new Map([['reg/web:1', ['linux/arm64']]]),
    });
    expect(outcome).toEqual(
      succeeded({
        manifests: [
          {
            source: 'a',
            object: {
              apiVersion: 'v1',
              kind: 'Pod',
              metadata: { name: 'p', namespace: 'dev', labels: { team: 'blue' } },
              spec: {
                containers: [{ name: 'a', image: 'reg/web:1' }],
                affinity: {
                  nodeAffinity: {
                    requiredDuringSchedulingIgnoredDuringExecution: {
                      nodeSelectorTerms: [
                        {
                          matchExpressions: [
                            { key: 'kubernetes.io/os', operator: 'In', values: ['linux'] },
                            { key: 'kubernetes.io/arch', operator: 'In', values: ['arm64'] },
                          ],
                        },
                      ],
                    },
                  },
                },
              },
            },
          },
        ],
        unusedImages: ['api'],
      }),
    );
  });

  it('gives no namespace unless there is one', async () =>
    expect(await render([rendering('a', pod('p'))])).toEqual(
      succeeded({ manifests: [{ object: pod('p'), source: 'a' }], unusedImages: [] }),
    ));

  it('counts an image as used whose reference a chart was given', async () =>
    expect(
      await render([rendering('a', pod('p', 'localhost/web@sha256:1'))], {
        images: [{ name: 'web', reference: 'localhost/web@sha256:1' }],
      }),
    ).toMatchObject({
      value: { unusedImages: [] },
    }));

  it('has nothing of no sources', async () =>
    expect(await render([])).toEqual(succeeded({ manifests: [], unusedImages: [] })));
});

describe('a source without objects', () => {
  const sources = [rendering('a', pod('p')), rendering('kustomize build b')];
  it('fails', async () =>
    expect(await render(sources)).toEqual(
      failed({
        code: 'render-failed',
        source: 'kustomize build b',
        detail: 'it has no objects; if that is intended, give `--allow-empty`',
      }),
    ));

  it('may be allowed', async () =>
    expect(await render(sources, { allowEmpty: true })).toMatchObject({ value: { manifests: [{ source: 'a' }] } }));
});

describe('failures', () => {
  it('of one source are that failure', async () => {
    const failure = { code: 'file-error', detail: 'permission denied' } as const;
    expect(await render([failing('a', failure), rendering('b', pod('p'))])).toEqual(failed(failure));
  });

  it('of several sources are all reported', async () => {
    const outcome = await render([
      failing('k8s/*.yaml', { code: 'render-failed', source: 'k8s/*.yaml', detail: 'one\ntwo' }),
      rendering('b', pod('p')),
      failing('release x', { code: 'exit-nonzero', exitCode: 3, command: 'helm template' }),
      failing('c', { code: 'file-error', detail: 'permission denied' }),
      rendering('d'),
    ]);
    expect(outcome).toEqual(
      failed({
        code: 'render-failed',
        source: '4 of 5 sources',
        detail: [
          'k8s/*.yaml:',
          '  one',
          '  two',
          'helm template exited with code 3',
          'file-error: permission denied',
          'd:',
          '  it has no objects; if that is intended, give `--allow-empty`',
        ].join('\n'),
      }),
    );
  });

  it('end with a cancellation', async () => {
    const signal = AbortSignal.abort();
    expect(await render([rendererOf('a', cancelledBy(signal)), rendering('b', pod('p'))])).toEqual(cancelledBy(signal));
  });
});

describe('an object that occurs twice', () => {
  it('fails and names both sources', async () =>
    expect(await render([rendering('a.yaml', pod('p')), rendering('b.yaml', pod('p', 'other'), pod('q'))])).toEqual(
      failed({
        code: 'render-failed',
        source: 'a.yaml, b.yaml',
        detail: 'pod/p is in a.yaml and in b.yaml, and not the same: remove or rename one of them',
      }),
    ));

  it('fails in one source', async () =>
    expect(await render([rendering('a.yaml', pod('p'), pod('p', 'other'))], { namespace: 'dev' })).toMatchObject({
      failure: { detail: 'pod/p in namespace dev is twice in a.yaml, and not the same: remove or rename one of them' },
    }));

  it('is one object if both are equal', async () =>
    expect(await render([rendering('a.yaml', pod('p')), rendering('b.yaml', pod('p'), pod('q'))])).toMatchObject({
      value: { manifests: [{ source: 'a.yaml' }, { source: 'b.yaml', object: pod('q') }] },
    }));

  it('may be in two namespaces, of two groups, or named by the cluster', async () => {
    const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { generateName: 'seed-' } };
    const outcome = await render(
      [
        rendering(
          'a',
          pod('p'),
          pod('p', 'web', { namespace: 'other' }),
          { apiVersion: 'x/v1', kind: 'Pod', metadata: { name: 'p' } },
          job,
          job,
        ),
      ],
      { namespace: 'dev' },
    );
    expect(outcome.status === 'succeeded' && outcome.value.manifests).toHaveLength(5);
  });

  it('is found by its namespace, given or by default', async () =>
    expect(
      await render([rendering('a', pod('p')), rendering('b', pod('p', 'other', { namespace: 'dev' }))], {
        namespace: 'dev',
      }),
    ).toMatchObject({ status: 'failed' }));
});

describe('an object that no cluster could store', () => {
  const secret = (name: string, data: object, more: object = {}): KubernetesObject => ({
    ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name, ...more }, data },
  });

  it('fails with every mistake', async () => {
    const outcome = await render([
      rendering('a.yaml', secret('one', { PW: 'hunter2!', '../x': 1 }), pod('fine')),
      rendering('b.yaml', pod('P', 'web', { namespace: 'other' }), pod('twice')),
      rendering('c.yaml', pod('twice', 'other')),
    ]);
    expect(outcome).toMatchObject({ failure: { code: 'render-failed', source: 'a.yaml, b.yaml' } });
    expect(outcome.status === 'failed' && 'detail' in outcome.failure && outcome.failure.detail?.split('\n')).toEqual([
      'secret/one: 3 fields are wrong',
      '  data.PW: expected base64: encode the value, or move it to stringData',
      '  data: "../x" cannot be a key: use at most 253 letters, digits, "-", "_" and "."',
      '  data["../x"]: expected a string: put the value in quotes',
      expect.stringMatching(
        /^pod\/P in namespace other: metadata\.name: "P" cannot be the name of an object of kind Pod/,
      ),
      'b.yaml, c.yaml:',
      '  pod/twice is in b.yaml and in c.yaml, and not the same: remove or rename one of them',
    ]);
  });

  it('is judged by its kind', async () => {
    const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'system:x' } };
    expect(await render([rendering('a.yaml', role)])).toMatchObject({ status: 'succeeded' });
  });
});
