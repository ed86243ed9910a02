import {
  Document,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  parseAllDocuments,
  Pair,
  Scalar,
  YAMLMap,
  YAMLSeq,
} from 'yaml';
import type { SourceText } from '../source-text.ts';
import type { Located, LocatedMap } from './located.ts';

/**
 * Returns documents as YAML.
 * @param source the file that the documents come from. Its comments stay with the values that they stand at
 */
export function writeYaml(documents: readonly LocatedMap[], source?: SourceText): string {
  const comments = source ? commentsOf(source) : new Map<number, Comments>();
  const texts = documents.map((document, i) => {
    const yaml = new Document();
    yaml.contents = nodeOf(document, comments) as typeof yaml.contents;
    yaml.commentBefore = i === 0 ? (comments.get(start)?.before ?? null) : null;
    // `yes` and the like are quoted, for readers of YAML 1.1.
    yaml.schema = new Document(null, { schema: 'core', compat: 'yaml-1.1' }).schema;
    return yaml.toString({ lineWidth: 0 });
  });
  return texts.join('---\n');
}

/** The comments at one node. */
interface Comments {
  readonly before?: string;
  readonly behind?: string;
  readonly blankBefore?: boolean;
}

/** The key of the comment at the start of a file. */
const start = -1;

function nodeOf(node: Located, comments: ReadonlyMap<number, Comments>): unknown {
  if (node.kind === 'scalar') {
    const scalar = new Scalar(node.value);
    if (typeof node.value === 'string' && node.value.includes('\n')) scalar.type = 'BLOCK_LITERAL';
    return withComments(scalar, node.at.start, comments, 'behind');
  }
  if (node.kind === 'list') {
    const seq = new YAMLSeq();
    seq.items = node.items.map((item) => withComments(nodeOf(item, comments), item.at.start, comments, 'before'));
    seq.flow = node.items.length === 0;
    return seq;
  }
  const map = new YAMLMap();
  map.items = node.entries.map(({ key, keyAt, value }) => {
    const name = withComments(new Scalar(key), keyAt.start, comments, 'before');
    return new Pair(name, nodeOf(value, comments));
  });
  map.flow = node.entries.length === 0;
  return map;
}

function withComments(node: unknown, at: number, all: ReadonlyMap<number, Comments>, which: 'before' | 'behind') {
  const comments = all.get(at);
  if (!comments || !(isScalar(node) || isCollection(node))) return node;
  if (which === 'before' && comments.before !== undefined) node.commentBefore = comments.before;
  if (which === 'before' && comments.blankBefore) node.spaceBefore = true;
  if (which === 'behind' && comments.behind !== undefined) node.comment = comments.behind;
  return node;
}

/** Returns the comments of a file by the offset of the node that they stand at. */
function commentsOf(source: SourceText): ReadonlyMap<number, Comments> {
  const comments = new Map<number, Comments>();
  const note = (node: unknown) => {
    if (!(isScalar(node) || isCollection(node)) || !node.range) return;
    const [at] = node.range;
    const known = comments.get(at);
    const behind = isScalar(node) ? node.comment : undefined;
    const found = {
      ...(node.commentBefore && { before: node.commentBefore }),
      ...(behind && { behind }),
      ...(node.spaceBefore && { blankBefore: true }),
    };
    comments.set(at, { ...found, ...known });
  };
  const walk = (node: unknown): void => {
    note(node);
    if (isSeq(node)) node.items.forEach(walk);
    if (isMap(node))
      for (const { key, value } of node.items) {
        note(key);
        walk(value);
      }
  };
  const documents = parseAllDocuments(source.text, { logLevel: 'silent', uniqueKeys: false, schema: 'core' });
  if (!Array.isArray(documents)) return comments;
  for (const [i, document] of documents.entries()) {
    if (i === 0 && document.commentBefore) comments.set(start, { before: document.commentBefore });
    walk(document.contents);
  }
  return comments;
}
