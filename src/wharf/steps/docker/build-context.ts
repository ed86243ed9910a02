import { failed, succeeded, type Outcome } from '../../../model/outcome.ts';
import type { DockerStepSpec } from '../../specs/specs.ts';
import type { TarSource } from '../../../model/tree.ts';
import { TarEncoder } from '../../../tar/tar-encoder.ts';
import type { TarHeader } from '../../../tar/tar-header.ts';
import { nameParts } from '../../../tar/tar-name.ts';
import { readTar } from '../../../tar/tar-reader.ts';
import { encodeEdited, withOwner, withPrefix, type TarEdit } from '../../../tar/tar-rewrite.ts';
import { LayeredTree, type Found } from '../../../steps/workload/layered-tree.ts';
import { parseDockerignore, type Ignores } from './dockerignore.ts';

const root = { uid: 0, gid: 0 } as const;
/** A Dockerfile of elsewhere, in the context. */
const hiddenName = '.slipway.Dockerfile';
const ignoreName = '.dockerignore';

/** What a build is made from, found in the workspace. */
export interface BuildContext {
  /** The Dockerfile as it is written. */
  readonly text: string;
  /** Its name in the context: its own, or a hidden one where it lies outside. */
  readonly dockerfile: string;
  /**
   * All that is sent, while it streams.
   * @param text stands in the place of the Dockerfile
   * @param beside trees that are sent too, each below a folder
   */
  readonly tree: (
    text: string,
    beside: readonly { readonly folder: string; readonly content: TarSource }[],
  ) => TarSource;
}

/**
 * Looks into the tree that the step sees; one layer lies over the other. Failures: `file-missing`, `build-failed` for
 * rules that are none.
 */
export async function findContext(
  layers: readonly TarSource[],
  spec: Pick<DockerStepSpec, 'file' | 'context'>,
  signal: AbortSignal,
): Promise<Outcome<BuildContext>> {
  const tree = await LayeredTree.read(layers, signal);
  const folder = tree.find(spec.context);
  if (folder.status !== 'folder') return missing('context', spec.context, folder, 'a folder');
  const file = tree.find(spec.file);
  if (file.status !== 'file') return missing('file', spec.file, file, 'a file');
  const within = below(folder.path, file.path);
  const rules = await findRules(tree, layers, spec, folder.path, signal);
  if (typeof rules === 'string') return failed({ code: 'build-failed', detail: rules });
  // Of a link the target is read, and the link is where it is sent.
  const dockerfile = within === undefined ? hiddenName : Buffer.from(within, 'latin1').toString();
  return succeeded({
    text: (await readEntry(layers, file, signal)).toString(),
    dockerfile,
    tree: (text, beside) =>
      contextTree(layers, {
        folder: folder.path,
        leftOut: within,
        ignores: rules,
        header: headerOf(file, dockerfile, text),
        text,
        beside,
      }),
  });
}

/** The rules of the Dockerfile's own `.dockerignore`, else of the context's; a text says what is wrong with them. */
async function findRules(
  tree: LayeredTree,
  layers: readonly TarSource[],
  { file }: Pick<DockerStepSpec, 'file'>,
  folder: string,
  signal: AbortSignal,
): Promise<Ignores | string> {
  const context = Buffer.from(folder, 'latin1').toString();
  for (const path of [`${file}${ignoreName}`, context === '' ? ignoreName : `${context}/${ignoreName}`]) {
    const found = tree.find(path);
    if (found.status !== 'file') continue;
    const ignores = parseDockerignore((await readEntry(layers, found, signal)).toString());
    return typeof ignores === 'string' ? `${path}, ${ignores}` : ignores;
  }
  return () => false;
}

function missing(field: string, path: string, found: Found, wanted: string): Outcome<never> {
  const detail =
    found.status === 'missing'
      ? undefined
      : found.status === 'outside'
        ? 'it leads out of the workspace'
        : `it is not ${wanted}`;
  return failed({ code: 'file-missing', field, path, ...(detail !== undefined && { detail }) });
}

/** The rest of a path behind a folder; `undefined` where it is not in it. */
function below(folder: string, path: string): string | undefined {
  if (folder === '') return path;
  return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : undefined;
}

/** Of a Dockerfile and of its ignore rules. */
const longestText = 16 * 2 ** 20;

async function readEntry(
  layers: readonly TarSource[],
  { entry }: Extract<Found, { status: 'file' }>,
  signal: AbortSignal,
): Promise<Buffer> {
  let at = 0;
  const layer = layers[entry.layer];
  if (layer === undefined) throw new Error('an entry is of one of the layers');
  for await (const { body } of readTar(layer.open(root, signal))) {
    if (at++ !== entry.at) continue;
    const parts: Uint8Array[] = [];
    let size = 0;
    for await (const part of body) {
      // What goes on for longer is none, and fails as one that is cut off.
      if (size < longestText) parts.push(Buffer.from(part.subarray(0, longestText - size)));
      size += part.length;
    }
    return Buffer.concat(parts);
  }
  throw new Error('a tree has the same entries whenever it is read');
}

function headerOf({ entry }: Extract<Found, { status: 'file' }>, name: string, text: string): TarHeader {
  return { ...entry.header, ...root, name: Buffer.from(name), size: Buffer.byteLength(text) };
}

interface ContextParts {
  /** Its bytes as characters, as are those of `leftOut`. */
  readonly folder: string;
  /** The Dockerfile where it lies in the context: it is sent at the end, whatever the rules say. */
  readonly leftOut: string | undefined;
  readonly ignores: Ignores;
  readonly header: TarHeader;
  readonly text: string;
  readonly beside: readonly { readonly folder: string; readonly content: TarSource }[];
}

function contextTree(layers: readonly TarSource[], parts: ContextParts): TarSource {
  return {
    async *open(_owner, signal) {
      const out = new TarEncoder();
      const edit = contextEdit(parts);
      // Where a path comes twice, the engine keeps the last one.
      for (const layer of layers) yield* encodeEdited(layer.open(root, signal), out, edit);
      for (const { folder, content } of parts.beside)
        yield* encodeEdited(content.open(root, signal), out, besideEdit(folder));
      out.entry(parts.header);
      out.data(Buffer.from(parts.text));
      out.finish();
      yield* out.take();
    },
  };
}

function besideEdit(folder: string): TarEdit {
  const [owned, prefixed] = [withOwner(root), withPrefix(folder)];
  return (header) => {
    const own = owned(header);
    return own && prefixed(own);
  };
}

function contextEdit({ folder, leftOut, ignores }: ContextParts): TarEdit {
  const inContext = (name: Buffer): string | undefined => below(folder, nameParts(name).join('/'));
  return (header) => {
    const path = inContext(header.name);
    if (path === undefined || path === '' || path === leftOut || ignores(Buffer.from(path, 'latin1').toString()))
      return undefined;
    const edited = { ...header, ...root, name: Buffer.from(path, 'latin1') };
    if (header.type !== 'hardlink' || header.linkName === undefined) return edited;
    const linked = inContext(header.linkName);
    // What it repeats is not sent: it cannot be repeated.
    return linked === undefined || ignores(Buffer.from(linked, 'latin1').toString())
      ? undefined
      : { ...edited, linkName: Buffer.from(linked, 'latin1') };
  };
}
