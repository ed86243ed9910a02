import type { Report } from '../../diagnostics/problem.ts';
import type { Located } from '../../diagnostics/yaml/located.ts';
import { problem } from '../problem.ts';
import { evaluateTemplate } from '../templates/evaluate.ts';
import { parseTemplate } from '../templates/parse-template.ts';
import type { Surroundings } from '../templates/template-function.ts';
import type { TemplateMistake } from '../templates/template-mistake.ts';

/** What templates read. */
export interface TemplateWorld {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly surroundings: Surroundings;
}

/**
 * Expands the Go template of a scalar with the variables of the environment. Reports its mistakes at the scalar.
 * @returns `undefined` after a mistake
 */
export function expandTemplate(
  node: Located,
  { env, surroundings }: TemplateWorld,
  report: Report,
): string | undefined {
  if (node.kind !== 'scalar') return undefined;
  const result = expanded(node.text, defined(env), surroundings, 'show');
  if ('text' in result) return result.text;
  for (const { code, parts } of result.mistakes) report(problem(code, node.at, parts as never));
  return undefined;
}

/** Expands a template. @param missingKey what an undefined value is */
export function expanded(
  text: string,
  values: ReadonlyMap<string, string>,
  surroundings: Surroundings,
  missingKey: 'error' | 'show',
): { readonly text: string } | { readonly mistakes: readonly TemplateMistake[]; readonly invalid: boolean } {
  const parsed = parseTemplate(text);
  if (!('nodes' in parsed)) return { mistakes: parsed, invalid: true };
  const result = evaluateTemplate(parsed, { values, missingKey, surroundings });
  return 'text' in result ? result : { mistakes: [result], invalid: false };
}

/** Returns the variables that have a value. */
export function defined(env: TemplateWorld['env']): ReadonlyMap<string, string> {
  return new Map(Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])));
}
