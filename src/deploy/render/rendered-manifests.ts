import { isDeepStrictEqual } from 'node:util';
import { succeeded, type Failure, type ObjectProblem, type Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import type { Renderer } from '../deployer.ts';
import { groupOf, shownObject, type KubernetesObject, type Manifest } from '../kubernetes-object.ts';
import type { FieldRules } from '../manifests/field-rules.ts';
import { labelObjects, type Labels } from '../manifests/label-objects.ts';
import { setNodePlatforms, type ImagePlatforms } from '../manifests/node-platforms.ts';
import { replaceImages, type BuiltImage } from '../manifests/replace-images.ts';
import { setNamespace } from '../manifests/set-namespace.ts';
import { usedImages } from '../manifests/used-images.ts';
import { wrongManifests } from '../manifests/wrong-manifest.ts';
import { failureLines, renderFailed } from './source-failure.ts';

/** What a render changes in the objects of its sources. */
export interface RenderChange {
  readonly images: readonly BuiltImage[];
  readonly labels: Labels;
  /** For objects that name none. Absent: they stay without one. */
  readonly namespace?: string;
  /** Empty: pods may run on every node. */
  readonly platforms: ImagePlatforms;
  readonly rules: FieldRules;
  /** A source may have no objects. */
  readonly allowEmpty: boolean;
}

export interface RenderedManifests {
  readonly manifests: readonly Manifest[];
  /** The names of built images that no object uses. */
  readonly unusedImages: readonly string[];
}

/**
 * Renders all sources, in their order, and changes their objects. Every command that needs objects calls this, so all of them get the
 * same ones. Fails if a source has no objects: a deploy would remove what it had before. An object that occurs twice is one object if
 * both are equal, and otherwise a failure. So is an object that no cluster could store (`wrongManifests`). Failures: as `Renderer`; several become one `render-failed`.
 */
export async function renderManifests(
  renderers: readonly Renderer[],
  change: RenderChange,
  work: Work,
): Promise<Outcome<RenderedManifests>> {
  const all: Manifest[] = [];
  const failures: Failure[] = [];
  for (const renderer of renderers) {
    const rendered = await renderOne(renderer, change, work);
    if (rendered.status === 'succeeded') all.push(...rendered.value);
    else if (rendered.status === 'failed') failures.push(rendered.failure);
    else return rendered;
  }
  const [failure, ...others] = failures;
  if (failure && others.length === 0) return { status: 'failed', failure };
  if (failure) return renderFailed(`${failures.length} of ${renderers.length} sources`, failures.flatMap(failureLines));
  const { manifests: replaced, replaced: names } = replaceImages(all, change.images, change.rules);
  const labelled = labelObjects(replaced, change.labels, change.rules);
  const placed = setNodePlatforms(labelled, change.platforms, change.rules);
  const unique = withoutRepeats(change.namespace === undefined ? placed : setNamespace(placed, change.namespace));
  const wrong = placed.flatMap(({ object, source }) =>
    wrongManifests([object]).map((problem) => ({ problem, source })),
  );
  if (wrong.length > 0)
    return renderFailed([...new Set(wrong.map(({ source }) => source))].join(', '), [
      ...wrong.flatMap(({ problem }) => describeWrong(problem)),
      ...(unique.status === 'failed' ? failureLines(unique.failure) : []),
    ]);
  if (unique.status !== 'succeeded') return unique;
  // Charts get references as values, so their objects never had the name.
  const references = usedImages(
    all.map(({ object }) => object),
    change.images,
  );
  const unusedImages = change.images
    .map(({ name }) => name)
    .filter((name) => !names.has(name) && !Object.hasOwn(references, name));
  return succeeded({ manifests: unique.value, unusedImages });
}

async function renderOne(
  renderer: Renderer,
  { allowEmpty }: RenderChange,
  work: Work,
): Promise<Outcome<readonly Manifest[]>> {
  const rendered = await renderer.render(work);
  const isEmpty = rendered.status === 'succeeded' && rendered.value.length === 0;
  return isEmpty && !allowEmpty
    ? renderFailed(renderer.source, ['it has no objects; if that is intended, give `--allow-empty`'])
    : rendered;
}

function describeWrong({ object, namespace, detail, lines = [] }: ObjectProblem): readonly string[] {
  const place = namespace === undefined ? '' : ` in namespace ${namespace}`;
  return [`${object}${place}: ${detail}`, ...lines.map((line) => `  ${line}`)];
}

/**
 * Returns each object once. Two different objects of one name are a failure that names both sources. The objects of the result are
 * those of the argument.
 */
export function withoutRepeats(manifests: readonly Manifest[]): Outcome<readonly Manifest[]> {
  const known = new Map<string, Manifest>();
  const problems: string[] = [];
  const sources = new Set<string>();
  const unique = manifests.filter((manifest) => {
    const identity = identityOf(manifest.object);
    const first = identity === undefined ? undefined : known.get(identity);
    if (identity !== undefined && !first) known.set(identity, manifest);
    if (first && !isDeepStrictEqual(first.object, manifest.object)) {
      problems.push(describeRepeat(first, manifest));
      sources.add(first.source).add(manifest.source);
    }
    return first === undefined;
  });
  return problems.length > 0 ? renderFailed([...sources].join(', '), problems) : succeeded(unique);
}

/** Returns what an object is known by, or `undefined` if the cluster chooses its name. */
function identityOf(object: KubernetesObject): string | undefined {
  const { name, namespace = '' } = object.metadata;
  return name === undefined ? undefined : JSON.stringify([groupOf(object), object.kind, namespace, name]);
}

function describeRepeat({ object, source }: Manifest, { source: other }: Manifest): string {
  const { apiVersion, kind, metadata } = object;
  const shown = shownObject({ apiVersion, kind, name: metadata.name ?? '' });
  const place = metadata.namespace === undefined ? '' : ` in namespace ${metadata.namespace}`;
  const where = source === other ? `twice in ${source}` : `in ${source} and in ${other}`;
  return `${shown}${place} is ${where}, and not the same: remove or rename one of them`;
}
