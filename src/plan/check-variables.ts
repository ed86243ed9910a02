import { suggest } from '../diagnostics/suggest.ts';
import { problem, type RelatedSpan, type Report } from '../diagnostics/problem.ts';
import { spanWithin, type Span } from '../diagnostics/source-text.ts';
import { quoted } from '../diagnostics/visible.ts';
import type { PipelineDefinition, StepDefinition, VariableText } from '../config/wharf/definition.ts';
import { pieces } from '../vars/placeholder.ts';
import { substitute } from '../vars/substitute.ts';
import type { Resolution, Variable, Variables } from '../vars/variables.ts';

/** Every variable that a text means, by name. */
export type FoundVariables = Map<string, Resolution & { readonly status: 'found' }>;

/** Looks up the variables of a step's texts: those that are there go to `found`, those that are not are reported where that is a mistake. */
export function checkVariables(step: StepDefinition, scope: VariableScope, found: FoundVariables, report: Report): void {
  for (const text of step.texts) checkText(text, scope, found, report);
}

/** Where names are looked up, and what else is known of them for those that are not there. */
export interface VariableScope {
  readonly variables: Variables;
  readonly definition: PipelineDefinition;
  /** To be named in messages, where it is one of several that are tried. */
  readonly environment?: string;
}

function checkText(text: VariableText, scope: VariableScope, found: FoundVariables, report: Report): void {
  const { variables } = scope;
  const seen = new Set<string>();
  let complete = true;
  for (const part of pieces(text.text)) {
    if ('literal' in part || seen.has(part.name)) continue;
    seen.add(part.name);
    const resolution = variables.resolve(part.name);
    if (resolution.status === 'found') found.set(part.name, resolution);
    else complete = false;
    const at = spanWithin(text.at, part.raw);
    if (text.whenUndefined === 'error') reportUndefined(at, part.name, resolution, scope, report);
    if (resolution.status === 'loop') report(problem('W032', at, { path: resolution.path }, definitions(resolution.path, variables)));
    if (resolution.status === 'too-large') report(problem('W038', at, { name: resolution.name }, definitions([resolution.name], variables)));
  }
  if (text.mayBeEmpty || !complete) return;
  if (substitute(text.text, (name) => found.get(name)?.text).trim() === '') report(problem('W037', text.at, { field: text.field, text: text.text }));
}

function reportUndefined(at: Span, name: string, resolution: Resolution, scope: VariableScope, report: Report): void {
  const { variables } = scope;
  const known = variables.names();
  const tried = scope.environment === undefined ? '' : ` with environment ${quoted(scope.environment)}`;
  if (resolution.status === 'undefined') {
    const elsewhere = scope.definition.environments.filter((environment) => environment.variables.some((variable) => variable.name === name));
    const parts = { name, known, within: tried, environments: elsewhere.map((environment) => environment.name) };
    report(problem('W031', at, parts, elsewhere.length > 0 ? [] : meant(name, known, variables)));
  }
  if (resolution.status !== 'found') return;
  for (const missing of resolution.missing) {
    const within = ` in the value of ${quoted(missing.in.name)} (${missing.in.source})${tried}`;
    report(problem('W031', at, { name: missing.name, known, within }, definitionOf(missing.in)));
  }
}

function meant(name: string, known: readonly string[], variables: Variables): readonly RelatedSpan[] {
  const suggestion = suggest(name, known);
  return suggestion === undefined ? [] : definitions([suggestion], variables);
}

function definitions(names: readonly string[], variables: Variables): readonly RelatedSpan[] {
  return [...new Set(names)].flatMap((name) => {
    const variable = variables.find(name);
    return variable ? definitionOf(variable) : [];
  });
}

function definitionOf(variable: Variable): readonly RelatedSpan[] {
  return variable.at ? [{ message: `${quoted(variable.name)} is defined`, at: variable.at }] : [];
}
