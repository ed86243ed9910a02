import type { Manifest } from '../kubernetes-object.ts';
import { changedFields, type FieldRules } from './field-rules.ts';
import { isMap, mapFields } from './map-fields.ts';

/** The platforms of built images by their reference: `linux/amd64`, `linux/arm/v7`. An image that is not in it may run anywhere. */
export type ImagePlatforms = ReadonlyMap<string, readonly string[]>;

type Fields = Readonly<Record<string, unknown>>;

const osLabel = 'kubernetes.io/os';
const architectureLabel = 'kubernetes.io/arch';

/**
 * Lets pods run only on nodes of a platform that all of their built images have: a term of the required node affinity for each
 * platform (skaffold.dev, "Managing ARM workloads"). Existing terms get both conditions. A pod or term that already chooses an
 * architecture stays as it is, and so does a pod whose images have no platform in common.
 */
export function setNodePlatforms(
  manifests: readonly Manifest[],
  platforms: ImagePlatforms,
  rules: FieldRules,
): readonly Manifest[] {
  if (platforms.size === 0) return manifests;
  return manifests.map((manifest) => {
    const { podSpec } = changedFields(manifest.object, rules);
    const object = mapFields(manifest.object, ({ path, value }) =>
      isMap(value) && podSpec.has(path, Array.isArray(value['containers'])) ? withPlatforms(value, platforms) : value,
    );
    return object === manifest.object ? manifest : { ...manifest, object };
  });
}

function withPlatforms(pod: Fields, platforms: ImagePlatforms): Fields {
  const wanted = commonPlatforms(pod, platforms);
  if (wanted.length === 0 || architectureLabel in mapIn(pod, 'nodeSelector')) return pod;
  const affinity = mapIn(pod, 'affinity');
  const nodeAffinity = mapIn(affinity, 'nodeAffinity');
  const required = mapIn(nodeAffinity, requirement);
  const terms = listIn(required, 'nodeSelectorTerms').filter(isMap);
  const nodeSelectorTerms = (terms.length === 0 ? [{}] : terms).flatMap((term) => termsFor(term, wanted));
  return {
    ...pod,
    affinity: { ...affinity, nodeAffinity: { ...nodeAffinity, [requirement]: { ...required, nodeSelectorTerms } } },
  };
}

const requirement = 'requiredDuringSchedulingIgnoredDuringExecution';

/** Terms are alternatives. The conditions of one term all hold. */
function termsFor(term: Fields, wanted: readonly NodePlatform[]): readonly Fields[] {
  const own = listIn(term, 'matchExpressions');
  if (own.some((expression) => isMap(expression) && expression['key'] === architectureLabel)) return [term];
  return wanted.map(({ os, architecture }) => ({
    ...term,
    matchExpressions: [...own, isOneOf(osLabel, os), isOneOf(architectureLabel, architecture)],
  }));
}

function isOneOf(key: string, value: string): Fields {
  return { key, operator: 'In', values: [value] };
}

/** A platform as nodes have it, without the variant of a processor. */
interface NodePlatform {
  readonly os: string;
  readonly architecture: string;
}

function commonPlatforms(pod: Fields, platforms: ImagePlatforms): readonly NodePlatform[] {
  const containers = ['initContainers', 'containers'].flatMap((name) => listIn(pod, name)).filter(isMap);
  const known = containers.flatMap(({ image }) => (typeof image === 'string' ? [platforms.get(image) ?? []] : []));
  const sets = known.filter((each) => each.length > 0).map((each) => new Set(each.map(nodePlatformText)));
  const [first = new Set<string>(), ...others] = sets;
  return [...first]
    .filter((text) => others.every((other) => other.has(text)))
    .map((text) => {
      const [os = '', architecture = ''] = text.split('/');
      return { os, architecture };
    });
}

function nodePlatformText(platform: string): string {
  return platform.split('/').slice(0, 2).join('/');
}

function mapIn(map: Fields, name: string): Fields {
  const value = map[name];
  return isMap(value) ? value : {};
}

function listIn(map: Fields, name: string): readonly unknown[] {
  const value = map[name];
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}
