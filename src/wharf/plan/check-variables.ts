import { suggest } from '../../diagnostics/suggest.ts';
import { problem } from '../problem.ts';
import type { RelatedPlace, Report } from '../../diagnostics/problem.ts';
import { spanWithin, type Span } from '../../diagnostics/source-text.ts';
import { quoted } from '../../util/visible.ts';
import type { PipelineDefinition, StepDefinition, VariableText } from '../config/definition.ts';
import { builtInVariableNames } from '../../model/built-in-variables.ts';
import type { ValuePart } from '../../model/plan.ts';
import { pieces } from '../vars/placeholder.ts';
import {
  longestPlan,
  partLength,
  secretsOf,
  textOfParts,
  type ResolvedVariable,
  type Resolution,
  type Variable,
  type Variables,
} from '../vars/variables.ts';

/** The variables that texts use, by name. */
export type FoundVariables = Map<string, ResolvedVariable>;

/** The variables of a step's texts, and what is known about undefined names. */
export interface VariableScope {
  readonly variables: Variables;
  readonly definition: PipelineDefinition;
  /** No environment is selected because nothing will run. Commands may use the variables of any environment. */
  readonly anyEnvironment?: boolean;
  /** The environment's name for messages, if several are tried. */
  readonly environment?: string;
}

/** An undefined name that stays as it is in a text of a step. */
export interface UndefinedName {
  readonly name: string;
  readonly step: string;
  readonly at: Span;
}

export interface Findings {
  readonly found: FoundVariables;
  readonly left: UndefinedName[];
  readonly report: Report;
  /** How much the texts may still grow, in UTF-16 units. */
  readonly room: Room;
}

interface Room {
  units: number;
}

export function findings(report: Report): Findings {
  return { found: new Map(), left: [], report, room: { units: longestPlan } };
}

/**
 * Looks up the variables of a step's texts. Adds defined ones to `found`, and reports undefined ones where they are
 * errors.
 */
export function checkVariables(step: StepDefinition, scope: VariableScope, findings: Findings): void {
  for (const text of step.texts) checkText(step, text, scope, findings);
}

function checkText(step: StepDefinition, text: VariableText, scope: VariableScope, findings: Findings): void {
  const { variables } = scope;
  const { found, report } = findings;
  const seen = new Set<string>();
  let complete = true;
  for (const part of pieces(text.text)) {
    if ('literal' in part || seen.has(part.name)) continue;
    seen.add(part.name);
    const resolution = variables.resolve(part.name);
    const at = spanWithin(text.at, part.raw);
    if (resolution.status === 'found') {
      found.set(part.name, resolution);
      checkSecrets(text, at, resolution, variables, report);
    } else complete = false;
    if (text.whenUndefined === 'error') reportUndefined(at, part.name, text, resolution, scope, report);
    const one = { name: part.name, step: step.name, at };
    if (text.whenUndefined === 'keep') keepUndefined(one, text, resolution, scope, findings);
    if (resolution.status === 'loop')
      report(problem('W032', at, { path: resolution.path }, definitions(resolution.path, variables)));
    if (resolution.status === 'too-large')
      report(problem('W038', at, { name: resolution.name }, definitions([resolution.name], variables)));
  }
  if (complete) checkFilled(text, findings);
}

function checkFilled(text: VariableText, { found, report, room }: Findings): void {
  const parts: ValuePart[] = [];
  for (const piece of pieces(text.text)) {
    for (const part of 'literal' in piece ? [piece.literal] : (found.get(piece.name)?.parts ?? [piece.raw])) {
      if (room.units < 0) return;
      room.units -= partLength(part);
      if (room.units < 0) report(problem('W049', text.at, { field: text.field, limit: longestPlan }));
      parts.push(part);
    }
  }
  if (room.units < 0) return;
  const filled = textOfParts(parts);
  if (filled === undefined) return;
  if (!text.mayBeEmpty && filled.trim() === '')
    report(problem('W037', text.at, { field: text.field, text: text.text }));
  else text.rule?.(filled, text, report);
}

function checkSecrets(
  text: VariableText,
  at: Span,
  resolution: ResolvedVariable,
  variables: Variables,
  report: Report,
): void {
  const [secret] = secretsOf(resolution.parts);
  if (secret === undefined || text.secrets === 'allowed') return;
  report(
    problem(
      text.secrets === 'kept' ? 'W074' : 'W060',
      at,
      { field: text.field, secret },
      definitions([secret], variables),
    ),
  );
}

/**
 * Leaves an undefined name to the shell. If another environment defines it, reports an error, because the command would
 * run without its value.
 */
function keepUndefined(
  one: UndefinedName,
  text: VariableText,
  resolution: Resolution,
  scope: VariableScope,
  { left, report }: Findings,
): void {
  if (resolution.status === 'undefined' && !isElsewhere(one.name, scope)) left.push(one);
  else if (scope.anyEnvironment === true) return;
  else if (resolution.status === 'undefined') reportUndefined(one.at, one.name, text, resolution, scope, report);
  else if (resolution.status === 'found') {
    const missing = missingElsewhere(resolution, scope);
    reportUndefined(one.at, one.name, text, { ...resolution, missing }, scope, report);
  }
}

/** A name in a command that only other environments define, so `run` refuses the command. */
export interface RefusedName {
  readonly name: string;
  readonly step: string;
  /** The place in the command. */
  readonly at: Span;
  /** The variable whose value contains the name, if the command itself does not. */
  readonly within?: string;
}

/** Returns the names for which `checkVariables` refuses the commands of a step, once a place. */
export function refusedNames(
  step: StepDefinition,
  scope: Pick<VariableScope, 'variables' | 'definition'>,
): RefusedName[] {
  const refused: RefusedName[] = [];
  for (const text of step.texts) {
    if (text.whenUndefined !== 'keep') continue;
    for (const part of pieces(text.text)) {
      if ('literal' in part) continue;
      const resolution = scope.variables.resolve(part.name);
      const one = { step: step.name, at: spanWithin(text.at, part.raw) };
      if (resolution.status === 'undefined' && isElsewhere(part.name, scope)) refused.push({ name: part.name, ...one });
      if (resolution.status === 'found')
        for (const { name } of missingElsewhere(resolution, scope)) refused.push({ name, within: part.name, ...one });
    }
  }
  return refused;
}

function missingElsewhere({ missing }: ResolvedVariable, scope: Pick<VariableScope, 'definition'>) {
  return missing.filter(({ name }) => isElsewhere(name, scope));
}

function isElsewhere(name: string, scope: Pick<VariableScope, 'definition'>): boolean {
  return environmentsWith(name, scope).length > 0;
}

/** Returns the environments that define a variable. */
export function environmentsWith(name: string, { definition }: Pick<VariableScope, 'definition'>): readonly string[] {
  return definition.environments
    .filter(({ variables }) => variables.some((variable) => variable.name === name))
    .map((environment) => environment.name);
}

/** Returns the names to suggest for a misspelt one. */
function knownNames(variables: Variables): readonly string[] {
  return [...new Set([...variables.names(), ...builtInVariableNames])];
}

function reportUndefined(
  at: Span,
  name: string,
  text: VariableText,
  resolution: Resolution,
  scope: VariableScope,
  report: Report,
): void {
  const { variables } = scope;
  if (resolution.status === 'found' && resolution.missing.length === 0) return;
  const known = knownNames(variables);
  const tried = scope.environment === undefined ? '' : ` with environment ${quoted(scope.environment)}`;
  if (resolution.status === 'undefined') {
    const environments = environmentsWith(name, scope);
    // The file does not contain a default, so the message names its field.
    const within = text.field.startsWith('the default') ? ` in ${text.field}${tried}` : tried;
    const parts = { name, known, within, environments };
    report(problem('W031', at, parts, environments.length > 0 ? [] : meant(name, known, variables)));
  }
  if (resolution.status !== 'found') return;
  for (const missing of resolution.missing) {
    const within = ` in the value of ${quoted(missing.in.name)} (${missing.in.source})${tried}`;
    const environments = environmentsWith(missing.name, scope);
    report(problem('W031', at, { name: missing.name, known, within, environments }, definitionOf(missing.in)));
  }
}

function meant(name: string, known: readonly string[], variables: Variables): readonly RelatedPlace[] {
  const suggestion = suggest(name, known);
  return suggestion === undefined ? [] : definitions([suggestion], variables);
}

function definitions(names: readonly string[], variables: Variables): readonly RelatedPlace[] {
  return [...new Set(names)].flatMap((name) => {
    const variable = variables.find(name);
    return variable ? definitionOf(variable) : [];
  });
}

function definitionOf(variable: Variable): readonly RelatedPlace[] {
  return variable.at ? [{ message: `${quoted(variable.name)} is defined`, at: variable.at }] : [];
}

/**
 * Reports every name that stays as it is, once, at its first place (docs/design/wharf.md, "Variables"; upstream
 * reported nothing). If it resembles a variable, it is a warning.
 */
export function reportUndefinedNames(left: readonly UndefinedName[], variables: Variables, report: Report): void {
  const byName = new Map<string, UndefinedName[]>();
  for (const one of left) byName.set(one.name, [...(byName.get(one.name) ?? []), one]);
  const known = knownNames(variables);
  for (const [name, all] of byName) {
    const [first] = all;
    if (first === undefined) continue;
    const suggestion = suggest(name, known);
    const code = suggestion === undefined ? 'W039' : 'W042';
    report(
      problem(
        code,
        first.at,
        { name, times: all.length, known },
        suggestion === undefined ? [] : definitions([suggestion], variables),
      ),
    );
  }
}
