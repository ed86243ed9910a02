import { isAlias, isMap, isScalar, isSeq, parseAllDocuments, type Document, type Scalar, type YAMLMap } from 'yaml';
import { didYouMean } from '../code-entry.ts';
import { typeName, type Located, type LocatedMap, type LocatedScalar } from './located.ts';
import { mergedEntries, type RawEntry } from './merge.ts';
import { readPlainYaml } from './plain-yaml.ts';
import { problem, type Report } from '../problem.ts';
import type { SourceText, Span } from '../source-text.ts';

/**
 * Limits files whose aliases expand exponentially ("billion laughs"). A node counts once for each alias that refers to
 * it.
 */
const mostAliasedNodes = 250_000;
/** A long text counts as one more node per this many characters. */
const charactersPerNode = 200;
const deepest = 100;

/**
 * Reads the only document of a file. Returns `undefined` after a mistake that leaves nothing to check. Never throws.
 */
export function readYaml(source: SourceText, report: Report): Located | undefined {
  return readPlainYaml(source) ?? readAnyYaml(source, report);
}

/** Like `readYaml`, for a text that `readPlainYaml` rejected. */
export function readAnyYaml(source: SourceText, report: Report): Located | undefined {
  const documents = parse(source, report);
  if (!documents) return undefined;
  const [document, second] = documents;
  if (!second && isEmpty(document)) {
    report(problem('W005', source.span(0, 0), { documents: 0 }));
    return undefined;
  }
  if (second) {
    report(problem('W005', source.span(second.range[0], second.range[0]), { documents: documents.length }));
    return undefined;
  }
  return document && new Converter(source, report).document(document);
}

/**
 * Reads every document of a file that may have any number of them. Skips empty documents, and those with a mistake that
 * leaves nothing to check. Never throws.
 */
export function readYamlDocuments(source: SourceText, report: Report): Located[] {
  const documents = parse(source, report) ?? [];
  const converter = new Converter(source, report);
  return documents.filter((document) => !isEmpty(document)).flatMap((document) => converter.document(document) ?? []);
}

/** Whether a document is empty: nothing, only comments, or a lone `---`. */
function isEmpty(document: Document.Parsed | undefined): boolean {
  const contents = document?.contents ?? null;
  return contents === null || (isScalar(contents) && contents.value === null && contents.anchor === undefined);
}

function parse(source: SourceText, report: Report): readonly Document.Parsed[] | undefined {
  let documents: readonly Document.Parsed[];
  try {
    // `core` overrides a %YAML line: a file must not choose how its booleans are read.
    const parsed = parseAllDocuments(source.text, {
      prettyErrors: false,
      logLevel: 'silent',
      uniqueKeys: false,
      schema: 'core',
      merge: false,
    });
    documents = Array.isArray(parsed) ? (parsed as readonly Document.Parsed[]) : [];
  } catch (error) {
    // The parser recurses. On deep nesting, some versions of it throw, others report a syntax error (below).
    if (!(error instanceof RangeError)) throw error;
    report(problem('W008', source.span(0, 0), { what: 'nested' }));
    return undefined;
  }
  return reportSyntax(source, documents, report) ? undefined : documents;
}

/** Reports only the first mistake of each line. Later ones on that line follow from it. */
function reportSyntax(source: SourceText, documents: readonly Document.Parsed[], report: Report): boolean {
  const seen = new Set<number>();
  for (const document of documents) {
    for (const error of document.errors) {
      const [start, end] = error.pos;
      const { line } = source.position(start);
      if (error.code === 'RESOURCE_EXHAUSTION') {
        report(problem('W008', source.span(start, end), { what: 'nested' }));
        return true;
      }
      if (seen.has(line) || (seen.size > 0 && isOutOfNowhere(error))) continue;
      seen.add(line);
      report(
        problem('W004', source.span(start, end), {
          detail: inOurWords(error.message),
          yamlCode: error.code,
          line: source.line(line) ?? '',
        }),
      );
    }
    for (const warning of document.warnings) {
      if (warning.code !== 'TAG_RESOLVE_FAILED') continue;
      const [start, end] = warning.pos;
      report(problem('W009', source.span(start, end), { tag: source.text.slice(start, end) }));
    }
  }
  return seen.size > 0;
}

/** After some mistakes the parser loses its position and then reports every further line. */
function isOutOfNowhere({ code, message }: { readonly code: string; readonly message: string }): boolean {
  return code === 'UNEXPECTED_TOKEN' && message.includes('token in YAML stream');
}

function inOurWords(message: string): string {
  const flow = /^Flow (sequence|map) in block collection/.exec(message)?.[1];
  if (flow !== undefined) return `unclosed \`${flow === 'map' ? '{' : '['}\` before this`;
  const sentence = message.split('\n')[0] ?? '';
  return sentence.charAt(0).toLowerCase() + sentence.slice(1).replace(/\.$/, '');
}

/** A node and its size once its aliases are expanded. */
interface Weighed {
  readonly node: Located;
  readonly weight: number;
}

/**
 * Converts the documents of one file to located values, in the order of the text, so that an alias refers to the last
 * anchor of that name before it. The limit on aliases applies to the whole file.
 */
class Converter {
  readonly #anchors = new Map<string, Weighed | 'open'>();
  #weight = 0;
  /** The part of `#weight` that comes from aliases. A large file is fine, a small file that expands is not. */
  #aliased = 0;
  #refused = false;
  /** An alias was undefined. Further checks would report mistakes that follow from it. */
  #lost = false;
  readonly #source: SourceText;
  readonly #report: Report;

  constructor(source: SourceText, report: Report) {
    this.#source = source;
    this.#report = report;
  }

  document(document: Document.Parsed): Located | undefined {
    this.#anchors.clear();
    this.#lost = false;
    const root = this.#node(document.contents, this.#source.span(0, 0), 0);
    return this.#refused || this.#lost ? undefined : root.node;
  }

  #node(node: unknown, missing: Span, depth: number): Weighed {
    if (this.#refused) return this.#nothing(missing);
    if (depth > deepest) return this.#refuse(missing, 'nested');
    if (isAlias(node)) return this.#alias(node.source, this.#span(node, missing));
    const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined;
    if (anchor !== undefined) this.#anchors.set(anchor, 'open');
    const before = this.#weight;
    const located = this.#plain(node, missing, depth);
    const weighed = { node: located, weight: this.#weight - before };
    if (anchor !== undefined) this.#anchors.set(anchor, weighed);
    return weighed;
  }

  #plain(node: unknown, missing: Span, depth: number): Located {
    const at = this.#span(node, missing);
    if (isMap(node)) return this.#map(node, at, depth);
    if (isSeq(node)) {
      this.#weight += 1;
      return { kind: 'list', items: node.items.map((item) => this.#node(item, at, depth + 1).node), at };
    }
    if (isScalar(node)) return this.#scalar(node, at);
    return this.#nothing(at).node;
  }

  #scalar(node: Scalar, at: Span): LocatedScalar {
    const { value } = node;
    const known = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
    const text = typeof known === 'string' ? known : (node.source ?? '');
    this.#weight += 1 + text.length / charactersPerNode;
    return { kind: 'scalar', value: known, text, at };
  }

  #map(node: YAMLMap, at: Span, depth: number): LocatedMap {
    this.#weight += 1;
    const entries: RawEntry[] = [];
    for (const pair of node.items) {
      const key = this.#node(pair.key, at, depth + 1).node;
      const value = this.#node(pair.value, this.#source.span(key.at.end, key.at.end), depth + 1).node;
      if (key.kind !== 'scalar') {
        this.#report(problem('W018', key.at, { actual: typeName(key) }));
        continue;
      }
      const merge = isScalar(pair.key) && pair.key.type === 'PLAIN' && pair.key.value === '<<';
      entries.push({ key: key.text, keyAt: key.at, value, merge });
    }
    return { kind: 'map', entries: this.#refused || this.#lost ? [] : mergedEntries(entries, this.#report), at };
  }

  #alias(name: string, at: Span): Weighed {
    const anchored = this.#anchors.get(name);
    if (anchored === undefined || anchored === 'open') this.#lost = true;
    if (anchored === undefined) {
      this.#report(problem('W006', at, { name, suggestion: didYouMean(name, this.#anchors.keys()) }));
      return this.#nothing(at);
    }
    if (anchored === 'open') {
      this.#report(problem('W007', at, { name }));
      return this.#nothing(at);
    }
    this.#weight += anchored.weight;
    this.#aliased += anchored.weight;
    return this.#aliased > mostAliasedNodes ? this.#refuse(at, 'aliases') : anchored;
  }

  #refuse(at: Span, what: 'nested' | 'aliases'): Weighed {
    this.#refused = true;
    this.#report(problem('W008', at, { what }));
    return this.#nothing(at);
  }

  #nothing(at: Span): Weighed {
    return { node: { kind: 'scalar', value: null, text: '', at }, weight: 1 };
  }

  #span(node: unknown, missing: Span): Span {
    const range = (node as { range?: readonly [number, number, number] | null } | null)?.range;
    return range ? this.#source.span(range[0], range[1]) : missing;
  }
}
