import {
  Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  parseAllDocuments,
  Pair,
  Scalar,
  YAMLMap,
  YAMLSeq,
  type Node,
} from 'yaml';
import type { SourceText } from '../source-text.ts';
import type { Located, LocatedMap } from './located.ts';

/**
 * Returns documents as YAML. What an anchor holds is written at each of its aliases, but its comments only once.
 * @param source the file that the documents come from. Its comments stay with the values that they stand at
 */
export function writeYaml(documents: readonly LocatedMap[], source?: SourceText): string {
  const comments = source ? commentsOf(source) : new Map<string, Comments>();
  const take = (part: Part, offset: number) => {
    const found = comments.get(`${part} ${offset}`);
    comments.delete(`${part} ${offset}`);
    return found;
  };
  const texts = documents.map((document) => {
    const yaml = new Document();
    const { before, behind } = take('document', document.at.start) ?? {};
    yaml.contents = nodeOf(document, take);
    yaml.commentBefore = before ?? null;
    yaml.comment = behind ?? null;
    // `yes` and the like are quoted, for readers of YAML 1.1.
    yaml.schema = new Document(null, { schema: 'core', compat: 'yaml-1.1' }).schema;
    return yaml.toString({ lineWidth: 0 });
  });
  return texts.join('---\n');
}

/** The comments at one node. */
interface Comments {
  readonly before?: string;
  /** Of a map or list: after its last entry. */
  readonly behind?: string;
  readonly blankBefore?: boolean;
}

/** What stands at an offset. A map and its first key have the same one. */
type Part = 'document' | 'map' | 'list' | 'key' | 'scalar';

/** Returns the comments at a node. The next call returns none for it. */
type Take = (part: Part, offset: number) => Comments | undefined;

function nodeOf(node: Located, take: Take): Scalar | YAMLSeq | YAMLMap {
  const comments = take(node.kind, node.at.start);
  if (node.kind === 'scalar') {
    const scalar = new Scalar(node.value);
    if (typeof node.value === 'string' && node.value.includes('\n'))
      scalar.type = isBlockText.test(node.value) ? 'BLOCK_LITERAL' : 'QUOTE_DOUBLE';
    return withComments(scalar, comments);
  }
  if (node.kind === 'list') {
    const seq = new YAMLSeq();
    seq.items = node.items.map((item) => nodeOf(item, take));
    seq.flow = node.items.length === 0;
    return withComments(seq, comments);
  }
  const map = new YAMLMap();
  map.items = node.entries.map(({ key, keyAt, value }) => {
    const name = withComments(new Scalar(key), take('key', keyAt.start));
    return new Pair(name, nodeOf(value, take));
  });
  map.flow = node.entries.length === 0;
  return withComments(map, comments);
}

/** A text whose first line shows the indentation, and which has no other line ends or control characters. */
const isBlockText = /^[!-~][\n\t -~\u00a0-\u2027\u2030-\ud7ff]*$/;

function withComments<N extends Scalar | YAMLSeq | YAMLMap>(node: N, comments: Comments = {}): N {
  if (comments.before !== undefined) node.commentBefore = comments.before;
  if (comments.behind !== undefined) node.comment = comments.behind;
  if (comments.blankBefore) node.spaceBefore = true;
  return node;
}

/** Returns the comments of a file by `Part` and offset. */
function commentsOf(source: SourceText): Map<string, Comments> {
  const comments = new Map<string, Comments>();
  const note = (part: Part, offset: number, found: Comments) => {
    const known = comments.get(`${part} ${offset}`) ?? {};
    const before = [known.before, found.before].filter((text) => text !== undefined).join('\n');
    comments.set(`${part} ${offset}`, { ...found, ...known, ...(before !== '' && { before }) });
  };
  /** @param isValue whether the node is the value of a key, and not the item of a list */
  const walk = (node: unknown, isValue: boolean): void => {
    if (!isNode(node) || !node.range) return;
    const { before, ...others } = commentsAt(node);
    const [part, offset] = partOf(node, node.range[0]);
    note(part, offset, others);
    // A comment before a whole value stands at its first entry, which may get another place.
    const [firstPart, firstOffset] = (isValue && firstOf(node)) || [part, offset];
    if (before !== undefined) note(firstPart, firstOffset, { before });
    if (isSeq(node)) for (const item of node.items) walk(item, false);
    if (isMap(node))
      for (const { key, value } of node.items) {
        if (!isScalar(key) || !key.range) continue;
        note('key', key.range[0], commentsAt(key));
        // An alias has no place in the output.
        if (isAlias(value) && value.comment) note('key', key.range[0], { before: value.comment });
        walk(value, true);
      }
  };
  const documents = parseAllDocuments(source.text, { logLevel: 'silent', uniqueKeys: false, schema: 'core' });
  for (const document of Array.isArray(documents) ? (documents as readonly Document[]) : []) {
    const { contents } = document;
    if (!isNode(contents) || !contents.range) continue;
    note('document', contents.range[0], commentsAt(document));
    walk(contents, true);
  }
  return comments;
}

function commentsAt({ commentBefore, comment, ...node }: Document | Node | Scalar): Comments {
  return {
    ...(typeof commentBefore === 'string' && { before: commentBefore }),
    ...(typeof comment === 'string' && { behind: comment }),
    ...('spaceBefore' in node && node.spaceBefore && { blankBefore: true }),
  };
}

function partOf(node: unknown, offset: number): readonly [Part, number] {
  return [isMap(node) ? 'map' : isSeq(node) ? 'list' : 'scalar', offset];
}

/** Returns the first key of a map, or the first item of a list. */
function firstOf(node: unknown): readonly [Part, number] | undefined {
  if (!isCollection(node)) return undefined;
  const [first] = node.items as readonly unknown[];
  const key = isPair(first) ? first.key : first;
  if (!isNode(key) || !key.range) return undefined;
  return isPair(first) ? ['key', key.range[0]] : partOf(key, key.range[0]);
}
