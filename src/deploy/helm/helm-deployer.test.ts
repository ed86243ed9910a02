import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { exampleChart } from '../../../test/rigs/helm-chart.ts';
import { testHelms } from '../../../test/rigs/helm-programs.ts';
import { projectDir, type ProjectDir } from '../../../test/rigs/project-dir.ts';
import { recordingWork } from '../../../test/rigs/recording-work.ts';
import { openTestCluster, type TestCluster } from '../../../test/rigs/test-cluster.ts';
import type { DeployedObject } from '../../model/artifact.ts';
import { failed, succeeded, type ObjectProblem, type Outcome } from '../../model/outcome.ts';
import type { Deployed } from '../deployer.ts';
import type { Manifest } from '../kubernetes-object.ts';
import { noFieldRules } from '../manifests/field-rules.ts';
import { replaceImages, type BuiltImage } from '../manifests/replace-images.ts';
import type { ManifestChange } from './deploy-release.ts';
import { helmDeployer } from './helm-deployer.ts';
import { helmRenderer } from './helm-renderer.ts';
import type { HelmRelease } from './helm-release.ts';
import { manifestsOf } from './release-json.ts';

const busybox: BuiltImage = { name: 'web', reference: 'localhost/busybox:1' };
/** The same image by another name. */
const other: BuiltImage = { name: 'web', reference: 'localhost/busybox:1@sha256:'.concat('0'.repeat(64)) };

interface Deploy {
  readonly release?: Partial<HelmRelease>;
  readonly images?: readonly BuiltImage[];
  readonly change?: ManifestChange;
  readonly allowEmpty?: boolean;
  readonly setName?: string;
  readonly force?: boolean;
}

describe.each(testHelms())('Helm $major on a cluster', (helm) => {
  let cluster: TestCluster | { readonly skip: string };
  const projects: ProjectDir[] = [];
  beforeAll(async () => void (cluster = await openTestCluster()));
  afterAll(async () => {
    if (!('skip' in cluster)) await cluster[Symbol.asyncDispose]();
    for (const project of projects) await project[Symbol.asyncDispose]();
  });

  /** A fresh project with the chart, and one release of it. */
  async function world(context: TestContext, name: string) {
    if ('skip' in helm) return context.skip(helm.skip);
    if ('skip' in cluster) return context.skip(cluster.skip);
    const { namespace, client, kubeconfig } = cluster;
    const target = { client, namespace };
    const project = await projectDir(exampleChart);
    projects.push(project);
    const config = join(project.path, 'kubeconfig');
    await writeFile(config, kubeconfig, { mode: 0o600 });
    const around = { target, folder: project.path, env: project.env, helm: helm.program };
    const release = { name, chart: { path: 'chart' }, valuesFiles: [], values: [], fileValues: [] };
    const deployer = ({ release: more = {}, images = [busybox], change, setName = 'shop', ...given }: Deploy) =>
      helmDeployer({
        ...{ ...around, ...given, images, setName, releases: [{ ...release, ...more }] },
        change: change ?? ((manifests) => succeeded(replaceImages(manifests, images, noFieldRules).manifests)),
      });
    const shown = recordingWork();
    return {
      ...{ project, shown, namespace },
      deploy: async (deploy: Deploy = {}) => {
        return changesOf(await deployer(deploy).deploy(shown.work));
      },
      outcome: async (deploy: Deploy = {}) => {
        return await deployer(deploy).deploy(shown.work);
      },
      remove: async (deploy: Deploy = {}) => {
        return changesOf(await deployer(deploy).remove(shown.work));
      },
      render: async () => {
        return await helmRenderer({ ...around, release }).render(shown.work);
      },
      /** Runs `helm` itself. */
      helm: async (...args: readonly string[]) => {
        const all = [...args, '--namespace', namespace, '--kubeconfig', config];
        return (await promisify(execFile)(helm.program, all, { env: project.env })).stdout;
      },
      revisions: async () => {
        const { stdout } = await promisify(execFile)(
          helm.program,
          ['history', name, '--output=json', '--namespace', namespace, '--kubeconfig', config],
          { env: project.env },
        );
        return (JSON.parse(stdout) as { revision: number }[]).length;
      },
      get: async <T>(path: string) => {
        return await client.json<T>('GET', `/api/v1/namespaces/${namespace}/${path}`);
      },
      delete: async (path: string) => {
        await client.json('DELETE', `/api/v1/namespaces/${namespace}/${path}`);
      },
    };
  }

  it('installs a chart with the images that were built, and upgrades it only after a change', async (context) => {
    const { deploy, helm: ask, get, revisions, shown } = await world(context, 'one');
    expect(await deploy()).toEqual([
      'created ConfigMap/one-settings: release one is new',
      'created Pod/one: release one is new',
    ]);
    expect(shown.text()).toContain('Notes of one: {{\n');
    const [listed] = JSON.parse(await ask('list', '--filter=^one$', '--output=json')) as object[];
    expect(listed).toMatchObject({
      name: 'one',
      revision: '1',
      status: 'deployed',
      chart: 'web-1.2.3',
      app_version: '7',
    });
    type Pod = { spec: { containers: { image: string; env: { value: string }[] }[] } };
    expect((await get<Pod>('pods/one')).spec.containers[0]).toMatchObject({
      image: 'localhost/busybox:1',
      env: [{ value: '{{ x }}' }],
    });
    expect(await get('configmaps/one-hook')).toMatchObject({ data: { colour: 'blue' } });
    expect(await get('configmaps/one-settings')).toMatchObject({ data: { colour: 'none', cluster: 'default' } });
    expect(shown.observed).toContainEqual(
      expect.objectContaining({ type: 'object.applied', object: 'pod/one', change: 'created' }),
    );

    const again = shown.observed.length;
    expect(await deploy()).toEqual(['unchanged ConfigMap/one-settings', 'unchanged Pod/one']);
    // The image of another artifact is not of this release.
    const more = [busybox, { name: 'api', reference: 'api:2' }];
    expect(await deploy({ images: more })).toEqual(['unchanged ConfigMap/one-settings', 'unchanged Pod/one']);
    expect(await revisions()).toBe(1);
    expect(shown.observed.slice(again)).toEqual([]);

    const values = [
      { key: 'settings.colour', value: 'red' },
      { key: 'extra', value: 'true' },
    ];
    expect(await deploy({ release: { values } })).toEqual([
      'changed ConfigMap/one-settings: the values of release one changed',
      'created ConfigMap/one-extra: the values of release one changed',
      'unchanged Pod/one',
    ]);
    expect(await revisions()).toBe(2);
    expect(JSON.parse(await ask('get', 'values', 'one', '--output=json'))).toEqual({
      settings: { colour: 'red' },
      extra: true,
    });
    expect(await deploy({ release: { values: [] } })).toEqual([
      'changed ConfigMap/one-settings: the values of release one changed',
      'unchanged Pod/one',
      'removed ConfigMap/one-extra: the values of release one changed',
    ]);
  });

  it('upgrades after a change of its image or its chart', async (context) => {
    const { deploy, project, revisions } = await world(context, 'two');
    await deploy();
    // Kubernetes allows a change of the image of a pod.
    expect(await deploy({ images: [other] })).toEqual([
      'unchanged ConfigMap/two-settings',
      'changed Pod/two: the images of release two changed',
    ]);
    await project.write({ 'settings/values.yaml': 'objects: true\ncolour: green\n' });
    expect(await deploy({ images: [other] })).toEqual([
      'changed ConfigMap/two-settings: the chart of release two changed',
      'unchanged Pod/two',
    ]);
    expect(await revisions()).toBe(3);
  });

  it('deploys again what others changed', async (context) => {
    const { deploy, helm: ask, delete: remove, revisions } = await world(context, 'three');
    await deploy();
    await remove('configmaps/three-settings');
    expect(await deploy()).toEqual([
      'created ConfigMap/three-settings: configmap/three-settings of release three is missing',
      'unchanged Pod/three',
    ]);
    expect(await revisions()).toBe(2);
    await ask('rollback', 'three', '1');
    await deploy();
    expect(await revisions()).toBe(4);
    await deploy();
    expect(await revisions()).toBe(4);
  });

  it('gives Helm the chart itself if nothing in it is changed', async (context) => {
    const { deploy, helm: ask } = await world(context, 'four');
    await deploy({ images: [], release: { values: [{ key: 'image', value: 'localhost/busybox:1' }] } });
    expect(await ask('get', 'manifest', 'four')).toContain('# Source: web/templates/pod.yaml');
  });

  it('deploys exactly what is rendered', async (context) => {
    const { deploy, render, helm: ask } = await world(context, 'five');
    const rendered = await render();
    if (rendered.status !== 'succeeded') return expect(rendered).toBe(undefined);
    const expected = replaceImages(rendered.value, [busybox], noFieldRules).manifests;
    await deploy();
    const deployed = [
      ...(await objectsOf(ask('get', 'manifest', 'five'))),
      ...(await objectsOf(ask('get', 'hooks', 'five'))),
    ];
    expect(deployed).toEqual(expected.map(({ object }) => object));
    expect(deployed).toHaveLength(4);
  });

  it('does not take all objects from a release, unless that is allowed', async (context) => {
    const { deploy, outcome } = await world(context, 'six');
    await deploy();
    const values = ['objects', 'settings.objects'].map((key) => ({ key, value: 'false' }));
    expect(await outcome({ release: { values } })).toEqual({
      status: 'failed',
      failure: {
        code: 'render-failed',
        source: 'release six',
        detail:
          'the chart renders nothing, but release six has configmap/six-settings, pod/six.\nIf the release is to lose them, pass --allow-empty.',
      },
    });
    expect(await deploy({ release: { values }, allowEmpty: true })).toEqual([
      'removed ConfigMap/six-settings: the values of release six changed',
      'removed Pod/six: the values of release six changed',
    ]);
  });

  it('removes a release and what its hooks left, and no more', async (context) => {
    const { deploy, remove, helm: ask, get } = await world(context, 'seven');
    await deploy();
    expect(await remove()).toEqual(['removed ConfigMap/seven-settings', 'removed Pod/seven']);
    expect(JSON.parse(await ask('list', '--filter=^seven$', '--output=json'))).toEqual([]);
    await expect(get('configmaps/seven-hook')).rejects.toThrow('not found');
    await expect(get('configmaps/seven-settings')).rejects.toThrow('not found');
    expect(await remove()).toEqual([]);
  });

  it('leaves a release of others alone, until it is forced to take it over', async (context) => {
    const { deploy, outcome, remove, helm: ask, namespace, project, shown, revisions } = await world(context, 'nine');
    const byHandArguments = [join(project.path, 'chart'), '--set=image=localhost/busybox:1', '--dependency-update'];
    await ask('install', 'nine', ...byHandArguments);
    const problem = (who: string): ObjectProblem => ({
      object: 'release nine',
      namespace,
      detail: `${who}: give the release another name, or deploy with --force to take it over`,
      cause: 'other-owner',
    });
    const byHand = 'this deploy did not install it (revision 1: Install complete)';
    expect(await outcome()).toEqual(failed({ code: 'apply-failed', problems: [problem(byHand)] }));
    const message = `release nine in namespace ${namespace} is kept: ${byHand}`;
    expect(await remove()).toEqual([]);
    expect(shown.observed).toContainEqual({ type: 'noted', level: 'warning', message });
    expect(await revisions()).toBe(1);

    await deploy({ force: true });
    expect(await revisions()).toBe(2);
    expect(await deploy()).toEqual(['unchanged ConfigMap/nine-settings', 'unchanged Pod/nine']);
    const byOther = 'the deploy shop of Slipway made its revision 2';
    expect(await outcome({ setName: 'other' })).toEqual(failed({ code: 'apply-failed', problems: [problem(byOther)] }));
    expect(await remove({ setName: 'other' })).toEqual([]);
    // It stays ours if others upgrade it.
    await ask('upgrade', 'nine', ...byHandArguments);
    expect(await remove()).toEqual(['removed ConfigMap/nine-settings', 'removed Pod/nine']);
  });

  it('knows a release whose first installation failed', async (context) => {
    const { deploy, outcome, remove, project } = await world(context, 'ten');
    const wrong = 'apiVersion: v1\nkind: Service\nmetadata: {name: ten-wrong}\nspec: {ports: [{port: 99999}]}';
    await project.write({ 'chart/templates/wrong.yaml': wrong });
    expect(await outcome()).toMatchObject({ status: 'failed', failure: { code: 'exit-nonzero' } });
    await project.write({ 'chart/templates/wrong.yaml': '' });
    expect((await deploy()).join('\n')).toContain('Pod/ten');
    expect((await remove()).join('\n')).toContain('Pod/ten');
  });

  it('says what a chart does wrong', async (context) => {
    const { outcome, project, shown } = await world(context, 'eight');
    await project.write({ 'chart/templates/wrong.yaml': '{{ required "colour is missing" .Values.none }}' });
    const failure = { code: 'render-failed', source: 'release eight' };
    expect(await outcome()).toMatchObject({
      status: 'failed',
      failure: { ...failure, detail: expect.stringContaining('colour is missing') as string },
    });
    expect(shown.text()).toContain('colour is missing');
    await project.write({ 'chart/templates/wrong.yaml': 'apiVersion: v1\nkind: Unknown\nmetadata: {name: a}' });
    expect(await outcome()).toMatchObject({
      status: 'failed',
      failure: { ...failure, detail: expect.stringContaining('Unknown') as string },
    });
  });
});

/** `changed Pod/web: the values of release web changed`. */
function changesOf(outcome: Outcome<Deployed>): readonly string[] {
  if (outcome.status !== 'succeeded') throw new Error(JSON.stringify(outcome));
  return outcome.value.objects.map(
    ({ change, kind, name, reason }: DeployedObject) =>
      `${change} ${kind}/${name}${reason === undefined ? '' : `: ${reason}`}`,
  );
}

async function objectsOf(text: Promise<string>): Promise<readonly Manifest['object'][]> {
  const parsed = manifestsOf(await text, 'helm');
  if (parsed.status !== 'succeeded') throw new Error(JSON.stringify(parsed));
  return parsed.value.map(({ object }) => object);
}
