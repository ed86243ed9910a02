import { visible } from '../../util/visible.ts';

/**
 * Returns some fields of a line that is a JSON object: `message: hello, level: info`. A line that is none, or has none of
 * the fields, stays as it is (Skaffold, `deploy.logs.jsonParse`).
 */
export function lineFields(line: string, fields: readonly string[]): string {
  if (fields.length === 0 || !line.trimStart().startsWith('{')) return line;
  const object = parsed(line);
  const found = fields.filter((field) => Object.hasOwn(object, field));
  if (found.length === 0) return line;
  return found.map((field) => visible(`${field}: ${textOf(object[field])}`)).join(', ');
}

function parsed(line: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(line) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
