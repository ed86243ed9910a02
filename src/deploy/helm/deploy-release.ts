import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DeployedObject } from '../../model/artifact.ts';
import { failed, succeeded, type Failure, type Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import type { TargetCluster } from '../../runtime/target-cluster.ts';
import { digestOf } from '../digest-of.ts';
import { shownObject, type Manifest } from '../kubernetes-object.ts';
import type { BuiltImage } from '../manifests/replace-images.ts';
import { ClusterObjects } from './cluster-objects.ts';
import { showArguments, upgradeArguments, type HelmCall } from './helm-arguments.ts';
import { installedRelease } from './installed-release.ts';
import { prepareRelease, sourceOf, type ReleaseRequest } from './prepare-release.ts';
import { releaseInputs } from './release-inputs.ts';
import type { ReleaseJson } from './release-json.ts';
import { ownerLabel, ownerOf, ownerValue } from './release-owner.ts';
import { recordText, type ReleaseRecord } from './release-record.ts';
import { objectChanges } from './released-objects.ts';
import { renderedChartFiles } from './rendered-chart.ts';
import { plannedRelease } from './render-release.ts';
import { helmOutcome, runHelm } from './run-helm.ts';
import { decideUpgrade, type UpgradeDecision } from './upgrade-decision.ts';
import { usedImages } from '../manifests/used-images.ts';
import { csvField } from './value-arguments.ts';

/**
 * Changes rendered objects: images, labels. Returns one for each, in the same order. Has no effects: it may be called again for the
 * same objects.
 */
export type ManifestChange = (
  manifests: readonly Manifest[],
) => Outcome<readonly Manifest[]> | Promise<Outcome<readonly Manifest[]>>;

export interface ReleaseDeploy {
  readonly request: ReleaseRequest;
  readonly target: TargetCluster;
  readonly images: readonly BuiltImage[];
  readonly change: ManifestChange;
  /** The name of the deploy that the release belongs to. */
  readonly set: string;
  /** Whether a release of others may be taken over. */
  readonly force: boolean;
  /** Whether a release may lose all of its objects. */
  readonly allowEmpty: boolean;
}

/**
 * Installs or upgrades one release, if something that decides about it has changed. Returns what became of its objects. Failures: those
 * of `Deployer.deploy`, and `render-failed`. A release of others is `apply-failed`, unless it may be taken over.
 */
export async function deployRelease(deploy: ReleaseDeploy, work: Work): Promise<Outcome<readonly DeployedObject[]>> {
  const { request, target, images, set, force } = deploy;
  const { release, namespace, program } = request;
  const found = await installedRelease(request, program, work);
  if (found.status !== 'succeeded') return found;
  const before = found.value;
  const owner = await ownerOf({ call: request, set, major: request.major }, before, program, work);
  if (owner.status !== 'succeeded') return owner;
  const isInstalled = before !== undefined && before.status !== 'uninstalled';
  const cluster = new ClusterObjects(target.client, namespace, work);
  const existing = await cluster.find(before?.objects ?? []);
  if (existing.status !== 'succeeded') return existing;
  const { all, missing } = existing.value;
  const decide = (record: ReleaseRecord) =>
    decideUpgrade(
      release,
      before,
      record,
      [...missing].map(({ identity }) => shownObject(identity)),
      { other: owner.value, force },
    );
  const unchanged = (decision: UpgradeDecision & { readonly upgrade: false }): Outcome<readonly DeployedObject[]> => {
    if ('conflict' in decision) return failed(conflictOf(request, decision.conflict));
    const { ignored } = decision;
    if (ignored !== undefined) work.output.observe({ type: 'noted', level: 'info', message: ignored });
    return succeeded(all.map(({ identity }) => ({ ...identity, change: 'unchanged' })));
  };
  const expected = await recordOf(request, before ? allOf(before) : [], images, work);
  if (expected.status !== 'succeeded') return expected;
  const first = decide(expected.value);
  if (!first.upgrade) return unchanged(first);

  const call = await prepareRelease(request, work);
  if (call.status !== 'succeeded') return call;
  const planned = await plannedRelease(call.value, isInstalled, program, work);
  if (planned.status !== 'succeeded') return planned;
  const lost = isInstalled ? lossOf(deploy, before, planned.value) : undefined;
  if (lost) return failed(lost);
  const changed = await deploy.change(allOf(planned.value));
  if (changed.status !== 'succeeded') return changed;
  // Now the dependencies of the chart are there, and it is known which images the release has.
  const record = await recordOf(request, changed.value, images, work);
  if (record.status !== 'succeeded') return record;
  const decision = decide(record.value);
  if (!decision.upgrade) return unchanged(decision);

  const choice = { call: call.value, planned: planned.value, changed: changed.value, isInstalled };
  const chart = await deployedChart(request, choice, work);
  if (chart.status !== 'succeeded') return chart;
  target.client.confirm();
  const args = upgradeArguments(chart.value, isInstalled, {
    description: recordText(record.value, set),
    label: `${ownerLabel}=${ownerValue(set)}`,
  });
  const upgraded = helmOutcome(await runHelm(program, args, work, { shown: true }), `helm upgrade ${release.name}`);
  if (upgraded.status !== 'succeeded') return upgraded;
  const after = await installedRelease(request, program, work);
  if (after.status !== 'succeeded') return after;
  const now = await cluster.identify(after.value?.objects ?? []);
  if (now.status !== 'succeeded') return now;
  return succeeded(
    objectChanges(
      all.filter((object) => !missing.has(object)),
      now.value,
      decision.because,
    ),
  );
}

function conflictOf({ release, namespace }: ReleaseRequest, detail: string): Failure {
  return { code: 'apply-failed', problems: [{ object: sourceOf(release), namespace, detail, cause: 'other-owner' }] };
}

/** Returns what decides about a release with these objects. */
async function recordOf(
  request: ReleaseRequest,
  manifests: readonly Manifest[],
  images: readonly BuiltImage[],
  work: Work,
): Promise<Outcome<ReleaseRecord>> {
  const inputs = await releaseInputs(request, work);
  if (inputs.status !== 'succeeded') return inputs;
  const objects = manifests.map(({ object }) => object);
  return succeeded({ ...inputs.value, images: digestOf(usedImages(objects, images)) });
}

/** Returns the failure of a release that would lose all of its objects (skaffold#9377). */
function lossOf(
  { request: { release }, allowEmpty }: ReleaseDeploy,
  { objects }: ReleaseJson,
  planned: ReleaseJson,
): Failure | undefined {
  if (allowEmpty || planned.objects.length > 0 || objects.length === 0) return undefined;
  const names = objects.map(({ object }) => shownObject({ ...object, name: object.metadata.name ?? '' }));
  const detail = [
    `the chart renders nothing, but release ${release.name} has ${names.join(', ')}.`,
    'If the release is to lose them, pass --allow-empty.',
  ].join('\n');
  return { code: 'render-failed', source: sourceOf(release), detail };
}

interface ChartChoice {
  readonly call: HelmCall;
  readonly planned: ReleaseJson;
  readonly changed: readonly Manifest[];
  readonly isInstalled: boolean;
}

/**
 * Returns the call with the chart that Helm gets: the chart itself if nothing that it renders is changed, or else one that renders the
 * changed objects (docs/decisions/0018-helm.md).
 */
async function deployedChart(
  { program, temporary }: ReleaseRequest,
  { call, planned, changed, isInstalled }: ChartChoice,
  work: Work,
): Promise<Outcome<HelmCall>> {
  const rendered = allOf(planned);
  const isSame = rendered.every(({ object }, index) => digestOf(object) === digestOf(changed[index]?.object));
  if (isSame || !planned.chart) return succeeded(call);
  // Helm installs definitions once, and never upgrades them.
  const crds = isInstalled
    ? succeeded('')
    : helmOutcome(await runHelm(program, showArguments('crds', call), work), `helm show crds ${call.chart}`);
  if (crds.status !== 'succeeded') return crds;
  const files = renderedChartFiles({
    ...{ chart: planned.chart, notes: planned.notes, crds: crds.value },
    objects: changed.map(({ object }) => object),
  });
  const folder = join(temporary, 'rendered');
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content, { mode: 0o600 });
  }
  const values = join(temporary, 'values.json');
  await writeFile(values, JSON.stringify(planned.values), { mode: 0o600 });
  const { version: _version, packaged: _packaged, useHelmSecrets: _secrets, ...release } = call.release;
  return succeeded({
    ...call,
    chart: folder,
    // The values are part of the release. These are decrypted.
    values: ['--values', csvField(values)],
    release: { ...release, chart: { path: folder } },
  });
}

/** Returns the objects of a release, and then its hooks. */
function allOf({ objects, hooks }: ReleaseJson): readonly Manifest[] {
  return [...objects, ...hooks.map(({ manifest }) => manifest)];
}
