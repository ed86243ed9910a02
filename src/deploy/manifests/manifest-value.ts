import type { Located, LocatedScalar } from '../../diagnostics/yaml/located.ts';

/** Receives the node and the message of each mistake. */
export type ReportValue = (at: Pick<Located, 'at'>, message: string) => void;

/**
 * Returns a value of a manifest as JSON has it, or `undefined` after a mistake. Reads numbers as `kubectl` and Skaffold do: `0644` is
 * octal, as file modes in manifests are (YAML 1.1), and `1_000` is a number. A number that JavaScript cannot hold exactly is a mistake:
 * the cluster would get another one.
 */
export function manifestValue(node: Located, report: ReportValue): unknown {
  let isValid = true;
  const value = valueOf(node, (at, message) => {
    isValid = false;
    report(at, message);
  });
  return isValid ? value : undefined;
}

function valueOf(node: Located, report: ReportValue): unknown {
  if (node.kind === 'scalar') return scalarOf(node, report);
  if (node.kind === 'list') return node.items.map((item) => valueOf(item, report));
  return Object.fromEntries(node.entries.map(({ key, value }) => [key, valueOf(value, report)]));
}

function scalarOf(node: LocatedScalar, report: ReportValue): unknown {
  const { value } = node;
  if (typeof value === 'string') return isPlain(node) ? (otherNumber(value) ?? value) : blockText(node, value);
  if (typeof value !== 'number') return value;
  const { text } = node;
  const number = /^[-+]?0[0-7]+$/.test(text) ? Number.parseInt(text, 8) : value;
  if (!Number.isFinite(number)) report(node, `${text} is not a number that JSON has`);
  else if (/^[-+]?\d+$/.test(text) && !Number.isSafeInteger(number) && BigInt(number) !== BigInt(text))
    report(node, `the number ${text} is too large to be read exactly: put it in quotes, if a string is allowed here`);
  return number;
}

/** Numbers of YAML 1.1 that are texts in YAML 1.2: with `_` between digits, or binary. */
function otherNumber(text: string): number | undefined {
  if (/^[-+]?0b[01_]+$/.test(text)) {
    const digits = text.replaceAll('_', '').replace(/^([-+]?)0b/, '$1');
    return Number.parseInt(digits, 2);
  }
  if (!/^[-+]?[1-9][\d_]*_[\d_]*$/.test(text)) return undefined;
  const number = Number(text.replaceAll('_', ''));
  return Number.isSafeInteger(number) ? number : undefined;
}

/** Returns the text of a block as Go's readers have it: without a line end at the end of a file that has none. */
function blockText({ at: { source, start, end } }: LocatedScalar, value: string): string {
  const isUnended = end >= source.text.length && !source.text.endsWith('\n') && /[|>]/.test(source.text[start] ?? '');
  return isUnended && value.endsWith('\n') ? value.slice(0, -1) : value;
}

/** Reports whether a text is written without quotes and not as a block. */
function isPlain({ text, at: { source, start } }: LocatedScalar): boolean {
  return source.text.startsWith(text, start);
}
