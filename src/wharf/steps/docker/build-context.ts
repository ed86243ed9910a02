import { failed, succeeded, type Outcome } from '../../../model/outcome.ts';
import type { DockerStepSpec } from '../../specs/specs.ts';
import type { TarSource } from '../../../model/tree.ts';
import { TarEncoder } from '../../../tar/tar-encoder.ts';
import type { TarHeader } from '../../../tar/tar-header.ts';
import { nameParts } from '../../../tar/tar-name.ts';
import { readTar } from '../../../tar/tar-reader.ts';
import { encodeEdited, withOwner, withPrefix, type TarEdit } from '../../../tar/tar-rewrite.ts';
import { LayeredTree, type Found } from '../../../steps/workload/layered-tree.ts';
import { noIgnoreRules, parseDockerignore, type IgnoreRules } from '../../../build/dockerfile/dockerignore.ts';

const root = { uid: 0, gid: 0 } as const;
/** The name in the context of a Dockerfile that is outside it. */
const hiddenName = '.slipway.Dockerfile';
const ignoreName = '.dockerignore';

/** The build context, found in the workspace. */
export interface BuildContext {
  /** The original text of the Dockerfile. */
  readonly text: string;
  /** The name of the Dockerfile in the context. A Dockerfile outside it gets a hidden name. */
  readonly dockerfile: string;
  /**
   * Returns the whole context as a stream.
   * @param text replaces the text of the Dockerfile
   * @param beside additional trees, each in its own folder
   */
  readonly tree: (
    text: string,
    beside: readonly { readonly folder: string; readonly content: TarSource }[],
  ) => TarSource;
}

/**
 * Finds the Dockerfile and the context in the layers of the workspace. Failures: `file-missing`, and `build-failed` for
 * invalid ignore rules.
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
  // The text comes from the target of a link, and the name from the link itself.
  const dockerfile = within === undefined ? hiddenName : Buffer.from(within, 'latin1').toString();
  return succeeded({
    text: (await readEntry(layers, file, signal)).toString(),
    dockerfile,
    tree: (text, beside) =>
      contextTree(layers, {
        folder: folder.path,
        leftOut: within,
        rules,
        header: headerOf(file, dockerfile, text),
        text,
        beside,
      }),
  });
}

/**
 * Returns the rules of the Dockerfile's own `.dockerignore`, else of the context's. Returns a message if they are
 * invalid.
 */
async function findRules(
  tree: LayeredTree,
  layers: readonly TarSource[],
  { file }: Pick<DockerStepSpec, 'file'>,
  folder: string,
  signal: AbortSignal,
): Promise<IgnoreRules | string> {
  const context = Buffer.from(folder, 'latin1').toString();
  for (const path of [`${file}${ignoreName}`, context === '' ? ignoreName : `${context}/${ignoreName}`]) {
    const found = tree.find(path);
    if (found.status !== 'file') continue;
    const rules = parseDockerignore((await readEntry(layers, found, signal)).toString());
    return 'line' in rules ? `${path}, line ${rules.line}: ${rules.message}` : rules;
  }
  return noIgnoreRules;
}

function missing(field: string, path: string, found: Found, wanted: string): Outcome<never> {
  const detail =
    found.status === 'missing'
      ? undefined
      : found.status === 'outside'
        ? 'the path leads out of the workspace'
        : `the path is not ${wanted}`;
  return failed({ code: 'file-missing', field, path, ...(detail !== undefined && { detail }) });
}

/** Returns a path relative to a folder, or `undefined` if the path is not in it. */
function below(folder: string, path: string): string | undefined {
  if (folder === '') return path;
  return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : undefined;
}

/** The limit in bytes for a Dockerfile and for its ignore rules. */
const longestText = 16 * 2 ** 20;

async function readEntry(
  layers: readonly TarSource[],
  { entry }: Extract<Found, { status: 'file' }>,
  signal: AbortSignal,
): Promise<Buffer> {
  let at = 0;
  const layer = layers[entry.layer];
  if (layer === undefined) throw new Error('the entry belongs to no layer');
  for await (const { body } of readTar(layer.open(root, signal))) {
    if (at++ !== entry.at) continue;
    const parts: Uint8Array[] = [];
    let size = 0;
    for await (const part of body) {
      // A longer text is cut off, and then fails as an invalid Dockerfile.
      if (size < longestText) parts.push(Buffer.from(part.subarray(0, longestText - size)));
      size += part.length;
    }
    return Buffer.concat(parts);
  }
  throw new Error('the tree changed between two reads');
}

function headerOf({ entry }: Extract<Found, { status: 'file' }>, name: string, text: string): TarHeader {
  return { ...entry.header, ...root, name: Buffer.from(name), size: Buffer.byteLength(text) };
}

interface ContextParts {
  /** One character for each byte, as in `leftOut`. */
  readonly folder: string;
  /** The path of the Dockerfile in the context. It is sent last, regardless of the rules. */
  readonly leftOut: string | undefined;
  readonly rules: IgnoreRules;
  readonly header: TarHeader;
  readonly text: string;
  readonly beside: readonly { readonly folder: string; readonly content: TarSource }[];
}

function contextTree(layers: readonly TarSource[], parts: ContextParts): TarSource {
  return {
    async *open(_owner, signal) {
      const out = new TarEncoder();
      const edit = contextEdit(parts);
      // If a path occurs twice, the engine keeps the last one.
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

function contextEdit({ folder, leftOut, rules }: ContextParts): TarEdit {
  const inContext = (name: Buffer): string | undefined => below(folder, nameParts(name).join('/'));
  return (header) => {
    const path = inContext(header.name);
    if (path === undefined || path === '' || path === leftOut || rules.ignores(Buffer.from(path, 'latin1').toString()))
      return undefined;
    const edited = { ...header, ...root, name: Buffer.from(path, 'latin1') };
    if (header.type !== 'hardlink' || header.linkName === undefined) return edited;
    const linked = inContext(header.linkName);
    // The target of the hard link is not sent, so the link cannot be sent either.
    return linked === undefined || rules.ignores(Buffer.from(linked, 'latin1').toString())
      ? undefined
      : { ...edited, linkName: Buffer.from(linked, 'latin1') };
  };
}
