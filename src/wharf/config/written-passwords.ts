import type { WrittenPassword } from '../../secrets/written-password.ts';
import type { Located } from '../../diagnostics/yaml/located.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';

/**
 * Finds the passwords in a file, so that no message about the file shows them, whatever else is wrong with it. If the
 * file is not valid YAML, treats every `default` that could be a password as one.
 * @param root absent if the file is not valid YAML
 */
export function writtenPasswords(source: SourceText, root: Located | undefined): readonly WrittenPassword[] {
  if (!source.text.includes('password')) return [];
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

/** Skips list items that contain neither `password` nor a merge: masking harmless values makes messages unreadable. */
function everyDefault(text: string): readonly WrittenPassword[] {
  const items = text.split(/^(?=[ \t]*-[ \t])/m).filter((item) => item.includes('password') || item.includes('<<'));
  const found = items.flatMap((item) =>
    [...item.matchAll(/\bdefault["']?\s*:[ \t]*/g)].map((match) => defaultAt(item, match.index + match[0].length)),
  );
  return found.filter((value) => value !== '').map((value) => ({ name: '', value, written: value }));
}

/**
 * Returns the default at an offset, without quotes: up to the end of the line, or in a flow map up to the next entry.
 */
function defaultAt(text: string, at: number): string {
  const rest = lineFrom(text, at);
  const quote = rest[0];
  if (quote === '"' || quote === "'") return rest.slice(1).split(quote)[0] ?? '';
  const inFlow = text
    .slice(0, at)
    .split(/[\r\n]/)
    .at(-1)
    ?.includes('{');
  return (rest.split(inFlow ? /[,}]|\s#/ : /\s#/)[0] ?? '').trim();
}

function lineFrom(text: string, at: number): string {
  return text.slice(at).split(/[\r\n]/, 1)[0] ?? '';
}
