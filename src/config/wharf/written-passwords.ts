import type { Located } from '../../diagnostics/located.ts';
import { readYaml } from '../../diagnostics/read-yaml.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';

/** An input of type `password`, as far as it can be made out in a file that may have any mistake. */
export interface WrittenPassword {
  readonly name: string;
  /** Its default, if the file gives one. */
  readonly value?: string;
  /** The default as it is written, with quotes, escapes and line ends: what a code frame would show. */
  readonly written?: string;
}

/**
 * The passwords that a file holds: whatever else is wrong with it, no message about it may show them. Of a file that is no YAML every
 * `default` is taken for one.
 */
export function writtenPasswords(source: SourceText): readonly WrittenPassword[] {
  if (!source.text.includes('password')) return [];
  const root = readYaml(source, () => undefined);
  if (root === undefined) return everyDefault(source.text);
  const inputs = valueAt(root, 'inputs');
  return inputs?.kind === 'list' ? inputs.items.flatMap(passwordOf) : [];
}

function passwordOf(item: Located): readonly WrittenPassword[] {
  if (textAt(item, 'type') !== 'password') return [];
  const name = textAt(item, 'name') ?? '';
  const fallback = valueAt(item, 'default');
  if (fallback === undefined) return [{ name }];
  const written = fallback.at.source.text.slice(fallback.at.start, fallback.at.end);
  return [{ name, written, ...(fallback.kind === 'scalar' && fallback.text !== '' && { value: fallback.text }) }];
}

function valueAt(node: Located, key: string): Located | undefined {
  return node.kind === 'map' ? node.entries.find((entry) => entry.key === key)?.value : undefined;
}

function textAt(node: Located, key: string): string | undefined {
  const value = valueAt(node, key);
  return value?.kind === 'scalar' ? value.text : undefined;
}

/** With or without quotes, up to the end of the line or of a flow map. */
function everyDefault(text: string): readonly WrittenPassword[] {
  const found = [...text.matchAll(/\bdefault["']?\s*:[ \t]*(["']?)([^\r\n]+)/g)].map(([, quote = '', rest = '']) => rest.split(quote === '' ? /[,}]|\s#/ : quote)[0]?.trim() ?? '');
  return found.filter((value) => value !== '').map((value) => ({ name: '', value, written: value }));
}
