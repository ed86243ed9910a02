/**
 * Trees of files as values: written to the disk, read back, generated at random. Paths are bytes with one character
 * each.
 */
import fc from 'fast-check';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export type TreeNode =
  | { readonly type: 'file'; readonly mode: number; readonly content: Buffer }
  | { readonly type: 'link'; readonly target: Buffer }
  | { readonly type: 'folder'; readonly mode: number };

export type Tree = ReadonlyMap<string, TreeNode>;

export const file = (content: string | Buffer, mode = 0o644): TreeNode => ({
  type: 'file',
  mode,
  content: Buffer.from(content),
});
export const link = (target: string): TreeNode => ({ type: 'link', target: Buffer.from(target) });
export const folder = (mode = 0o755): TreeNode => ({ type: 'folder', mode });

/** Adds the implied folders. */
export function treeOf(nodes: Readonly<Record<string, TreeNode | string>>): Tree {
  return completed(
    Object.entries(nodes).map(([name, node]) => [
      Buffer.from(name).toString('latin1'),
      typeof node === 'string' ? file(node) : node,
    ]),
  );
}

/** Drops nodes that contradict an earlier one: below a file, or with the same name. */
function completed(nodes: readonly (readonly [string, TreeNode])[]): Tree {
  const tree = new Map<string, TreeNode>();
  for (const [name, node] of nodes) {
    const parents = name
      .split('/')
      .slice(0, -1)
      .map((_, i, all) => all.slice(0, i + 1).join('/'));
    if (tree.has(name) || parents.some((parent) => (tree.get(parent)?.type ?? 'folder') !== 'folder')) continue;
    for (const parent of parents) if (!tree.has(parent)) tree.set(parent, folder());
    tree.set(name, node);
  }
  return sorted(tree);
}

function sorted(tree: Tree): Tree {
  return new Map([...tree].sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function writeTree(root: string, tree: Tree): void {
  fs.mkdirSync(root, { recursive: true });
  const at = (name: string) => Buffer.concat([Buffer.from(`${root}/`), Buffer.from(name, 'latin1')]);
  for (const [name, node] of tree) {
    if (node.type === 'folder') fs.mkdirSync(at(name), { recursive: true });
    else if (node.type === 'link') fs.symlinkSync(node.target, at(name));
    else fs.writeFileSync(at(name), node.content);
  }
  for (const [name, node] of [...tree].reverse()) if (node.type !== 'link') fs.chmodSync(at(name), node.mode);
}

export function readTree(root: string, skip: (name: string) => boolean = () => false): Tree {
  const tree = new Map<string, TreeNode>();
  const read = (prefix: string) => {
    for (const entry of fs.readdirSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from(prefix, 'latin1')]), {
      encoding: 'buffer',
      withFileTypes: true,
    })) {
      const name = prefix + entry.name.toString('latin1');
      if (skip(name)) continue;
      const full = Buffer.concat([Buffer.from(`${root}/`), Buffer.from(name, 'latin1')]);
      const stat = fs.lstatSync(full);
      if (stat.isSymbolicLink()) tree.set(name, { type: 'link', target: fs.readlinkSync(full, 'buffer') });
      else if (stat.isDirectory()) {
        tree.set(name, { type: 'folder', mode: stat.mode & 0o777 });
        read(`${name}/`);
      } else tree.set(name, { type: 'file', mode: stat.mode & 0o777, content: fs.readFileSync(full) });
    }
  };
  read('');
  return sorted(tree);
}

/** A temporary folder of the test. Disposal removes it. */
export function temporaryFolder(): { readonly path: string } & Disposable {
  const made = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'slipway-test-')));
  return {
    path: made,
    [Symbol.dispose]: () => fs.rmSync(made, { recursive: true, force: true }),
  };
}

const oddNames = [
  'a',
  'b',
  'src',
  '.hidden',
  'with space',
  'new\nline',
  '-rf',
  '*',
  'quote"\'',
  'back\\slash',
  'é'.repeat(3),
  '\xff\xfe',
  'x'.repeat(101),
  'y'.repeat(160),
  'z'.repeat(255),
  '...',
  '~',
];

const names = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...oddNames.slice(0, 5)) },
  fc.constantFrom(...oddNames),
);
const content = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.nat({ max: 70_000 }).map((size) => new Uint8Array(size).fill(size % 251)),
);
const node: fc.Arbitrary<TreeNode> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('file' as const),
      mode: fc.constantFrom(0o644, 0o755, 0o600, 0o444),
      content: content.map((bytes) => Buffer.from(bytes)),
    }),
  },
  fc.record({ type: fc.constant('folder' as const), mode: fc.constantFrom(0o755, 0o700, 0o555) }),
  fc.record({
    type: fc.constant('link' as const),
    target: fc.constantFrom('a', 'nowhere', '../b', '\xff', 'l'.repeat(150)).map((text) => Buffer.from(text, 'latin1')),
  }),
);

export const randomTree: fc.Arbitrary<Tree> = fc
  .array(
    fc.tuple(
      fc.array(names, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/')),
      node,
    ),
    { maxLength: 25 },
  )
  .map(completed);

/** Options for properties that write files: on a slow disk, fewer examples run instead of none finishing. */
export function onDisk(numRuns: number): { readonly numRuns: number; readonly interruptAfterTimeLimit: number } {
  return { numRuns, interruptAfterTimeLimit: 8_000 };
}
