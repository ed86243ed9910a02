/**
 * Fills variables into files of the workspace, as a layer above it (docs/tool-steps.md).
 * A tar has the size of each file before its content, and files are not kept in memory or on disk. So each file is read
 * twice: the first time for its size.
 */
import { failed, succeeded, type Failure, type Outcome } from '../../model/outcome.ts';
import type { VariableElsewhere } from '../../model/plan.ts';
import type { TarSource } from '../../model/tree.ts';
import type { TarHeader } from '../../tar/tar-header.ts';
import { readTar } from '../../tar/tar-reader.ts';
import { writeTar, type TarInput } from '../../tar/tar-writer.ts';
import { substituteStream } from '../vars/substitute-stream.ts';
import type { Values } from '../vars/substitute.ts';
import { LayeredTree, type TreeEntry } from '../../steps/workload/layered-tree.ts';
import type { StepWork } from '../../steps/step-runner.ts';

export interface FilesToFill {
  /** The workspace. A later layer replaces an earlier one. */
  readonly layers: readonly TarSource[];
  /** Files and folders, relative to the root of the workspace. */
  readonly paths: readonly string[];
  /** The field of the configuration that has the paths, for failures. */
  readonly field: string;
  /** Reports whether a file directly in a folder belongs to it. Absent: folders are refused. */
  readonly fromFolder?: (name: string) => boolean;
  readonly values: Values;
  /** Undefined names that other environments define. Those fail the step. */
  readonly elsewhere?: readonly VariableElsewhere[];
}

export interface FilledFiles {
  /** Only the filled files, at the targets of links and with their modes. */
  readonly overlay: TarSource;
  /** Names without a value, by file. They stay as written. */
  readonly undefinedNames: ReadonlyMap<string, readonly string[]>;
}

/**
 * Returns the filled files. Failures: `file-missing`, also for paths that lead out of the workspace;
 * `variable-undefined`.
 */
export async function substituteFiles(request: FilesToFill, signal: AbortSignal): Promise<Outcome<FilledFiles>> {
  if (request.paths.length === 0)
    return succeeded({ overlay: { open: () => writeTar([]) }, undefinedNames: new Map() });
  const tree = await LayeredTree.read(request.layers, signal);
  const wanted = new Map<string, TreeEntry>();
  for (const path of request.paths) {
    const failure = collect(tree, path, request, wanted);
    if (failure !== undefined) return failed(failure);
  }
  const places = placesOf(wanted);
  const measured = await measure(request, places, signal);
  const undefinedVariable = findElsewhere(measured.undefinedNames, request.elsewhere ?? []);
  if (undefinedVariable !== undefined) return failed(undefinedVariable);
  const overlay: TarSource = {
    open: (owner, opened) => writeTar(filledEntries(request, places, measured.sizes, owner, opened)),
  };
  return succeeded({ overlay, undefinedNames: measured.undefinedNames });
}

/**
 * Returns a failure for a variable that only other environments define. A file must not be deployed without its value.
 */
function findElsewhere(
  undefinedNames: FilledFiles['undefinedNames'],
  elsewhere: readonly VariableElsewhere[],
): Failure | undefined {
  for (const [path, names] of undefinedNames) {
    const variable = elsewhere.find(({ name }) => names.includes(name));
    if (variable !== undefined) return { code: 'variable-undefined', path, ...variable };
  }
  return undefined;
}

function collect(
  tree: LayeredTree,
  path: string,
  { field, fromFolder }: FilesToFill,
  wanted: Map<string, TreeEntry>,
): Failure | undefined {
  const found = tree.find(path);
  if (found.status === 'file') wanted.set(found.path, found.entry);
  if (found.status === 'missing') return { code: 'file-missing', field, path };
  if (found.status === 'outside')
    return { code: 'file-missing', field, path, detail: 'the path leads out of the workspace' };
  if (found.status !== 'folder') return undefined;
  if (fromFolder === undefined) return { code: 'file-missing', field, path, detail: 'the path is a folder' };
  for (const name of tree.names(found.path).filter(fromFolder)) {
    const inner = tree.find(`${path}/${name}`);
    if (inner.status === 'file') wanted.set(inner.path, inner.entry);
    if (inner.status === 'outside')
      return {
        code: 'file-missing',
        field,
        path: `${path.replace(/\/+$/, '')}/${name}`,
        detail: 'the path leads out of the workspace',
      };
  }
  return undefined;
}

/** The paths of each entry, by layer and entry. Several paths are hard links to one another. */
type Places = ReadonlyMap<number, ReadonlyMap<number, readonly string[]>>;

function placesOf(wanted: ReadonlyMap<string, TreeEntry>): Places {
  const places = new Map<number, Map<number, string[]>>();
  for (const [path, { layer, at }] of wanted) {
    const ofLayer = places.get(layer) ?? new Map<number, string[]>();
    places.set(layer, ofLayer.set(at, [...(ofLayer.get(at) ?? []), path]));
  }
  return places;
}

interface Wanted {
  readonly header: TarHeader;
  readonly body: AsyncIterable<Uint8Array>;
  readonly paths: readonly string[];
}

/** Yields the wanted entries, layer by layer. Stops reading a layer after its last wanted entry. */
async function* wantedEntries(
  layers: readonly TarSource[],
  places: Places,
  signal: AbortSignal,
): AsyncGenerator<Wanted> {
  for (const [layer, ofLayer] of places) {
    let at = 0;
    let left = ofLayer.size;
    const source = layers[layer];
    if (source === undefined) continue;
    for await (const { header, body } of readTar(source.open(undefined, signal))) {
      const paths = ofLayer.get(at++);
      if (paths === undefined) continue;
      yield { header, body, paths };
      if (--left === 0) break;
    }
  }
}

async function measure(
  { layers, values }: FilesToFill,
  places: Places,
  signal: AbortSignal,
): Promise<{ sizes: ReadonlyMap<string, number>; undefinedNames: ReadonlyMap<string, readonly string[]> }> {
  const sizes = new Map<string, number>();
  const undefinedNames = new Map<string, readonly string[]>();
  for await (const { body, paths } of wantedEntries(layers, places, signal)) {
    const names = new Set<string>();
    let size = 0;
    for await (const bytes of substituteStream(body, values, (name) => names.add(name))) size += bytes.length;
    for (const path of paths) sizes.set(path, size);
    if (names.size > 0) undefinedNames.set(Buffer.from(paths[0] ?? '', 'latin1').toString(), [...names]);
  }
  return { sizes, undefinedNames };
}

async function* filledEntries(
  { layers, values }: FilesToFill,
  places: Places,
  sizes: ReadonlyMap<string, number>,
  owner: { uid: number; gid: number } | undefined,
  signal: AbortSignal,
): AsyncGenerator<TarInput> {
  for await (const { header, body, paths } of wantedEntries(layers, places, signal)) {
    const [path = '', ...others] = paths;
    const name = Buffer.from(path, 'latin1');
    const common = { ...header, uid: owner?.uid ?? header.uid, gid: owner?.gid ?? header.gid };
    yield {
      header: { ...common, name, size: sizes.get(path) ?? 0 },
      body: substituteStream(body, values, () => undefined),
    };
    for (const other of others)
      yield { header: { ...common, name: Buffer.from(other, 'latin1'), type: 'hardlink', linkName: name, size: 0 } };
  }
}

/** Notes undefined names at the first attempt of a step only. */
export function noteUndefined({ undefinedNames }: FilledFiles, work: StepWork): void {
  const message = undefinedNote(undefinedNames);
  if (message !== undefined && work.attempt === 1) work.output.observe({ type: 'noted', level: 'info', message });
}

/** The limit of names in a note. */
const maxReported = 8;

/** Returns one line with the undefined names, or `undefined` if there are none. */
export function undefinedNote(undefinedNames: FilledFiles['undefinedNames']): string | undefined {
  const left = [...undefinedNames].flatMap(([path, names]) => names.map((name) => `\${${name}} in ${path}`));
  if (left.length === 0) return undefined;
  const more = left.length > maxReported ? ` and ${left.length - maxReported} more` : '';
  return `not defined, so left as written: ${left.slice(0, maxReported).join(', ')}${more}`;
}
