import { SourceText, type Span } from '../../diagnostics/source-text.ts';
import type { Located, LocatedEntry, LocatedList, LocatedScalar } from '../../diagnostics/yaml/located.ts';
import { readAnyYaml } from '../../diagnostics/yaml/read-yaml.ts';
import { quoted } from '../../util/visible.ts';
import type { ReportValue } from './manifest-value.ts';

/**
 * Values for the fields of manifests that a comment marks: `replicas: 1 # from-param: ${replicas}` (skaffold.dev, `render --set`). A
 * comment may have text around several names: `# from-param: ${image}:${tag}`. Names without a value keep what the field has. A field
 * of which no name has a value stays as it is. A list takes one name, and its value is a list in YAML.
 */
export class ManifestParameters {
  readonly #unused: Set<string>;

  constructor(readonly values: Readonly<Record<string, string>>) {
    this.#unused = new Set(Object.keys(values));
  }

  /** The names that no field had so far. */
  get unused(): readonly string[] {
    return [...this.#unused];
  }

  /** Returns the node with the values. Nodes keep their positions. Reports names whose value is not known, and lists that are none. */
  fill(node: Located, report: ReportValue): Located {
    if (Object.keys(this.values).length === 0) return node;
    if (node.kind === 'scalar') return this.#scalar(node, report);
    if (node.kind === 'list') return { ...node, items: node.items.map((item) => this.fill(item, report)) };
    return { ...node, entries: node.entries.map((entry) => ({ ...entry, value: this.#entry(entry, report) })) };
  }

  #entry({ keyAt, value }: LocatedEntry, report: ReportValue): Located {
    if (value.kind !== 'list') return this.fill(value, report);
    // The comment of a list in brackets is after it, that of others after the key.
    const isFlow = value.at.source.text.startsWith('[', value.at.start);
    const pattern = isFlow ? patternAfter(value.at) : patternAfter(keyAt, /^[ \t]*:/);
    return pattern !== undefined && this.#isMeant(pattern)
      ? this.#list(value, pattern, report)
      : this.fill(value, report);
  }

  #list(node: LocatedList, pattern: string, report: ReportValue): Located {
    const name = /^\$\{([^}]*)\}$/.exec(pattern)?.[1];
    if (name === undefined) {
      report(node, `a list takes one parameter and nothing else, but its comment is ${quoted(pattern)}`);
      return node;
    }
    const text = this.#take(name) ?? '';
    const list = text.trim() === '' ? { ...node, items: [] } : read(text);
    if (list?.kind === 'list') return { ...list, at: node.at };
    report(node, `the value of parameter ${quoted(name)} must be a list, such as [a, b], but is ${quoted(text)}`);
    return node;
  }

  #scalar(node: LocatedScalar, report: ReportValue): Located {
    const pattern = patternAfter(node.at);
    if (pattern === undefined || !this.#isMeant(pattern)) return node;
    const present = presentValues(pattern, node.text);
    const missing: string[] = [];
    const text = pattern.replaceAll(parameter, (whole, name: string) => {
      const value = this.#take(name) ?? present?.get(name);
      if (value === undefined) missing.push(name);
      return value ?? whole;
    });
    if (missing.length > 0) {
      report(node, `the field has no value for ${missing.map(quoted).join(', ')}: add --set ${missing[0]}=VALUE`);
      return node;
    }
    // What is in quotes stays a string, as in Skaffold.
    const isQuoted = /^["']/.test(node.at.source.text.slice(node.at.start));
    const plain = isQuoted || text === '' ? undefined : read(text);
    return plain?.kind === 'scalar' ? { ...plain, at: node.at } : { ...node, value: text, text };
  }

  #isMeant(pattern: string): boolean {
    return [...pattern.matchAll(parameter)].some(([, name = '']) => Object.hasOwn(this.values, name));
  }

  #take(name: string): string | undefined {
    if (!Object.hasOwn(this.values, name)) return undefined;
    this.#unused.delete(name);
    return this.values[name];
  }
}

const parameter = /\$\{([^}]*)\}/g;

/** Returns the pattern of the comment that ends the line. @param between what may be before the comment */
function patternAfter({ source: { text }, end }: Span, between = /^/): string | undefined {
  const newline = text.indexOf('\n', end);
  const rest = text.slice(end, newline < 0 ? undefined : newline);
  return /^[ \t]+#[ \t]*from-param:[ \t]*(.*?)[ \t\r]*$/.exec(rest.replace(between, ''))?.[1];
}

/**
 * Returns the values that a field has for the names of its pattern, each at least one character. Texts between names are looked for
 * from the end, so the port of a registry is part of `${image}` in `${image}:${tag}`. `undefined`: the field does not match.
 */
function presentValues(pattern: string, text: string): ReadonlyMap<string, string> | undefined {
  const names = [...pattern.matchAll(parameter)].map(([, name = '']) => name);
  const [first = '', ...between] = pattern.split(/\$\{[^}]*\}/);
  const last = between.pop() ?? '';
  if (!text.startsWith(first) || !text.endsWith(last)) return undefined;
  const values = new Map<string, string>();
  let end = text.length - last.length;
  for (let index = names.length - 1; index >= 0; index--) {
    const before = index === 0 ? first : (between[index - 1] ?? '');
    const at = index === 0 ? 0 : text.lastIndexOf(before, end - 1 - before.length);
    const start = at + before.length;
    if (at < 0 || start >= end) return undefined;
    values.set(names[index] ?? '', text.slice(start, end));
    end = at;
  }
  return values;
}

function read(text: string): Located | undefined {
  let isValid = true;
  const node = readAnyYaml(new SourceText('', text), () => (isValid = false));
  return isValid ? node : undefined;
}
