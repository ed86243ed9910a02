import { sentenceOf } from '../../diagnostics/sentence-of.ts';
import { SourceText } from '../../diagnostics/source-text.ts';
import { typeName, type Located, type LocatedMap } from '../../diagnostics/yaml/located.ts';
import { readPlainYaml } from '../../diagnostics/yaml/plain-yaml.ts';
import { readYamlDocuments } from '../../diagnostics/yaml/read-yaml.ts';
import { quoted } from '../../util/visible.ts';
import type { KubernetesObject, Manifest } from '../kubernetes-object.ts';
import { ManifestParameters } from './manifest-parameters.ts';
import { manifestValue } from './manifest-value.ts';
import { splitDocuments } from './split-documents.ts';

export interface ParsedManifests {
  /** The valid objects, in the order of the text. Items of lists stand in place of their list. */
  readonly manifests: readonly Manifest[];
  readonly problems: readonly ManifestProblem[];
}

/** A mistake in a text. Line and column count from 1, the column in UTF-16 units. */
export interface ManifestProblem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/**
 * Reads the objects of a text in YAML or JSON. It may have any number of documents. Empty ones are skipped. A `List`, or a kind that
 * ends with `List` and has `items`, is replaced by its items. Reports every mistake.
 * @param source see `Manifest.source`
 * @param parameters values for fields that comments mark
 */
export function parseManifests(text: string, source: string, parameters = new ManifestParameters({})): ParsedManifests {
  const parts = splitDocuments(text).map(({ text: part, linesBefore }) => {
    const reader = new ManifestReader(part, source, parameters);
    return reader.read(linesBefore);
  });
  return {
    manifests: parts.flatMap(({ manifests }) => manifests),
    problems: parts.flatMap(({ problems }) => problems),
  };
}

class ManifestReader {
  readonly #manifests: Manifest[] = [];
  readonly #problems: ManifestProblem[] = [];
  readonly #text: SourceText;

  constructor(
    text: string,
    readonly source: string,
    readonly parameters: ManifestParameters,
  ) {
    this.#text = new SourceText(source, text);
  }

  /** @param linesBefore the number of lines before the text in its file */
  read(linesBefore: number): ParsedManifests {
    const plain = readPlainYaml(this.#text);
    const report = this.#report.bind(this);
    for (const document of plain ? [plain] : this.#readAny()) this.#add(this.parameters.fill(document, report));
    const problems = this.#problems.map((problem) => ({ ...problem, line: problem.line + linesBefore }));
    return { manifests: this.#manifests, problems };
  }

  #readAny(): readonly Located[] {
    return readYamlDocuments(this.#text, (diagnostic) => {
      const { line = 1, column = 1 } = diagnostic.place ?? {};
      this.#problems.push({ line, column, message: sentenceOf([diagnostic]) });
    });
  }

  #add(node: Located): void {
    if (node.kind !== 'map') {
      this.#report(node, `a Kubernetes object must be a map, but this is ${typeName(node)}`);
      return;
    }
    const items = itemsOf(node);
    if (items) {
      for (const item of items) this.#add(item);
      return;
    }
    if (!this.#isObject(node)) return;
    const value = manifestValue(node, (at, message) => this.#report(at, message));
    if (value !== undefined)
      this.#manifests.push({ object: withoutEmptyNames(value as KubernetesObject), source: this.source });
  }

  /** Checks the fields that every object has. */
  #isObject(node: LocatedMap): boolean {
    const before = this.#problems.length;
    const kind = textOf(field(node, 'kind'));
    const what = kind === undefined ? 'a Kubernetes object' : `this ${kind}`;
    for (const name of ['apiVersion', 'kind']) this.#checkRequired(node, name, what);
    const metadata = field(node, 'metadata');
    if (metadata === undefined || isEmpty(metadata)) this.#report(node, `${what} requires the field \`metadata.name\``);
    else if (metadata.kind !== 'map')
      this.#report(metadata, `\`metadata\` must be a map, but is ${typeName(metadata)}`);
    else this.#checkMetadata(metadata, node, what);
    return this.#problems.length === before;
  }

  #checkMetadata(metadata: LocatedMap, object: LocatedMap, what: string): void {
    const names = ['name', 'generateName'].map((name) => field(metadata, name)).filter((value) => value !== undefined);
    if (names.every(isEmpty)) this.#report(object, `${what} requires the field \`metadata.name\``);
    for (const name of ['name', 'generateName', 'namespace']) {
      const value = field(metadata, name);
      if (value && !isEmpty(value)) this.#checkText(value, `metadata.${name}`);
    }
    for (const name of ['labels', 'annotations']) {
      const value = field(metadata, name);
      if (value && value.kind !== 'map' && !isEmpty(value))
        this.#report(value, `\`metadata.${name}\` must be a map, but is ${typeName(value)}`);
    }
  }

  #checkRequired(node: LocatedMap, name: string, what: string): void {
    const value = field(node, name);
    if (value === undefined || isEmpty(value)) this.#report(node, `${what} requires the field \`${name}\``);
    else this.#checkText(value, name);
  }

  #checkText(value: Located, name: string): void {
    if (textOf(value) !== undefined) return;
    const hint = value.kind === 'scalar' ? `: put ${quoted(value.text)} in quotes` : '';
    this.#report(value, `\`${name}\` must be a string, but is ${typeName(value)}${hint}`);
  }

  #report({ at }: Pick<Located, 'at'>, message: string): void {
    this.#problems.push({ ...this.#text.position(at.start), message });
  }
}

/** Templates often leave them empty: `namespace: ""` and `namespace:` mean that there is none. */
function withoutEmptyNames(object: KubernetesObject): KubernetesObject {
  const isEmptyName = ([field, value]: readonly [string, unknown]) =>
    ['name', 'generateName', 'namespace'].includes(field) && (value === '' || value === null);
  const entries = Object.entries(object.metadata);
  if (!entries.some(isEmptyName)) return object;
  return { ...object, metadata: Object.fromEntries(entries.filter((entry) => !isEmptyName(entry))) };
}

/** Returns the items of a list of objects, and `undefined` for an object. */
function itemsOf(node: LocatedMap): readonly Located[] | undefined {
  const items = field(node, 'items');
  if (textOf(field(node, 'kind'))?.endsWith('List') !== true || items === undefined) return undefined;
  if (items.kind === 'list') return items.items;
  return isEmpty(items) ? [] : undefined;
}

function field(node: LocatedMap, name: string): Located | undefined {
  return node.entries.find(({ key }) => key === name)?.value;
}

/** Returns the text of a field that is one and not empty. */
function textOf(node: Located | undefined): string | undefined {
  return node?.kind === 'scalar' && typeof node.value === 'string' && node.value !== '' ? node.value : undefined;
}

function isEmpty(node: Located): boolean {
  return node.kind === 'scalar' && (node.value === null || node.value === '');
}
