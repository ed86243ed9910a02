/** Finds what a YAML or JSON file tells about a deployment: manifests, kustomizations, charts and the images in them. */
import { posix } from 'node:path';
import { SourceText } from '../../diagnostics/source-text.ts';
import { entriesOfMap, itemsOf, textAt, textsAt, valueAt } from '../../diagnostics/yaml/edit.ts';
import type { Located, LocatedScalar } from '../../diagnostics/yaml/located.ts';
import { readYamlDocuments } from '../../diagnostics/yaml/read-yaml.ts';
import type { LeftOut, ProjectImage } from '../../engine/project-initializer.ts';
import { splitImageName } from '../../util/image-grammar.ts';

export interface FoundManifest {
  readonly path: string;
  readonly images: readonly ProjectImage[];
}

export interface FoundKustomization {
  /** The folder. */
  readonly path: string;
  /** Files and folders that it uses. */
  readonly uses: readonly string[];
  /** What its `images` make of the names in manifests. */
  readonly renames: ReadonlyMap<string, string>;
}

const kustomizationNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

export function isKustomizationName(path: string): boolean {
  return kustomizationNames.includes(posix.basename(path));
}

export function isManifestName(path: string): boolean {
  return /\.(?:ya?ml|json)$/i.test(path);
}

/** Reports whether a text may be a manifest. Spares parsing every other YAML file of a project. */
export function mayBeManifest(text: string): boolean {
  return text.includes('apiVersion') && text.includes('kind');
}

/** Returns the manifests of a file that has at least one. A file that is not valid YAML is left out. */
export function findManifest(
  path: string,
  text: string,
): { readonly manifest?: FoundManifest; readonly leftOut?: LeftOut } {
  const { documents, mistake } = read(path, text);
  if (mistake !== undefined) return { leftOut: { what: path, why: mistake } };
  const objects = documents.filter(isKubernetesObject);
  if (objects.length === 0 || objects.length < documents.length) return {};
  const images = objects.flatMap(imagesIn).flatMap((scalar) => projectImage(path, scalar) ?? []);
  return { manifest: { path, images } };
}

/** Configurations of other tools look like manifests, too. */
const foreignKinds = /^(?:skaffold|kustomize\.config\.k8s\.io|kind\.x-k8s\.io|kubeadm\.k8s\.io|ctlptl\.dev|k3d\.io)\//;

function isKubernetesObject(document: Located): boolean {
  const [version, kind] = [textAt(document, 'apiVersion') ?? '', textAt(document, 'kind') ?? ''];
  return /^(?:[a-z\d.-]+\/)?v\d+(?:(?:alpha|beta)\d+)?$/.test(version) && kind !== '' && !foreignKinds.test(version);
}

/** Returns the values of each `image` in a document. Containers have it, and objects of operators, too. */
function imagesIn(node: Located): readonly LocatedScalar[] {
  if (node.kind === 'list') return node.items.flatMap(imagesIn);
  return entriesOfMap(node).flatMap(({ key, value }) =>
    key === 'image' && value.kind === 'scalar' && typeof value.value === 'string' ? [value] : imagesIn(value),
  );
}

/** Returns `undefined` for a text that is no image, such as a template. */
function projectImage(path: string, { text, at }: LocatedScalar): ProjectImage | undefined {
  const written = text.trim();
  const { name, tag, digest } = splitImageName(written);
  if (!/^[\w.:/-]+$/.test(name) || name.endsWith('/')) return undefined;
  const { line, column } = at.source.position(at.start);
  const pinned = digest !== undefined || (tag !== undefined && tag !== 'latest');
  return { name, written, at: `${path}:${line}:${column}`, pinned };
}

export function findKustomization(
  path: string,
  text: string,
): { readonly kustomization?: FoundKustomization; readonly leftOut?: LeftOut } {
  const { documents, mistake } = read(path, text);
  if (mistake !== undefined) return { leftOut: { what: path, why: mistake } };
  const folder = posix.dirname(path);
  const uses = documents.flatMap((document) =>
    ['resources', 'bases', 'components', 'crds', 'patchesStrategicMerge'].flatMap((field) =>
      textsAt(document, field).flatMap((used) => (used.includes('://') ? [] : [posix.join(folder, used)])),
    ),
  );
  const renames = documents.flatMap((document) =>
    itemsOf(valueAt(document, 'images')).flatMap((image) => {
      const [name, newName] = [textAt(image, 'name'), textAt(image, 'newName')];
      return name === undefined || newName === undefined ? [] : [[name, newName] as const];
    }),
  );
  return {
    kustomization: { path: folder, uses: uses.map((used) => used.replace(/\/$/, '')), renames: new Map(renames) },
  };
}

/** Returns the kustomizations that no other one uses, in order. */
export function rootKustomizations(all: readonly FoundKustomization[]): readonly FoundKustomization[] {
  const used = new Set(all.flatMap(({ uses }) => uses));
  return all.filter(({ path }) => !used.has(path));
}

/** Returns the name of a chart that can be installed. */
export function findChart(path: string, text: string): { readonly path: string; readonly name: string } | undefined {
  const [chart] = read(path, text).documents;
  const name = textAt(chart, 'name');
  if (name === undefined || textAt(chart, 'type') === 'library') return undefined;
  return { path: posix.dirname(path), name };
}

/** Returns the images in the values of a chart: `image: NAME`, or `image` with `repository` and perhaps `registry`. */
export function imagesOfValues(path: string, text: string): readonly ProjectImage[] {
  const within = (node: Located): readonly ProjectImage[] => {
    if (node.kind === 'list') return node.items.flatMap(within);
    const repository = valueAt(node, 'repository');
    if (repository?.kind === 'scalar' && typeof repository.value === 'string') {
      const registry = textAt(node, 'registry') ?? '';
      const [name, tag] = [`${registry === '' ? '' : `${registry}/`}${repository.text}`, textAt(node, 'tag') ?? ''];
      return [projectImage(path, { ...repository, text: tag === '' ? name : `${name}:${tag}` }) ?? []].flat();
    }
    return entriesOfMap(node).flatMap(({ key, value }) =>
      /image$/i.test(key) && value.kind === 'scalar' && typeof value.value === 'string'
        ? (projectImage(path, value) ?? [])
        : within(value),
    );
  };
  return read(path, text).documents.flatMap(within);
}

function read(path: string, text: string): { readonly documents: readonly Located[]; readonly mistake?: string } {
  const mistakes: string[] = [];
  const documents = readYamlDocuments(new SourceText(path, text), ({ severity, place, code, message }) => {
    if (severity === 'error') mistakes.push(`${path}:${place?.line ?? 1}:${place?.column ?? 1}: ${code} ${message}`);
  });
  const [mistake] = mistakes;
  return mistake === undefined ? { documents } : { documents: [], mistake };
}
