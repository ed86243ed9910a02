import type { Report } from '../../../diagnostics/problem.ts';
import { entryOf, itemsOf, textAt, valueAt } from '../../../diagnostics/yaml/edit.ts';
import type { Located, LocatedMap } from '../../../diagnostics/yaml/located.ts';
import { problem } from '../../problem.ts';
import { Budget } from '../../templates/budget.ts';
import { FunctionFailed, OverBudget } from '../../templates/function-stop.ts';
import { Regex } from '../../templates/re2/regex.ts';
import { ownValue } from '../../../util/own-value.ts';

/** What activations look at. */
export interface ActivationFacts {
  /** The command: `dev`, `build`. */
  readonly command: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `--kube-context`, or the current context of the kubeconfig. Absent: there is none, which matches as the empty text. */
  readonly kubeContext?: string;
}

/** A profile that conditions have activated. */
export interface Activated {
  readonly name: string;
  /** Whether one of the conditions that hold is about the kube context. */
  readonly byContext: boolean;
}

/**
 * Returns the profiles of a document that activate themselves. The entries of `activation` are alternatives, unless the
 * profile has `requiresAllActivations`. The conditions of one entry must all hold.
 */
export function selfActivated(document: LocatedMap, facts: ActivationFacts, report: Report): readonly Activated[] {
  return itemsOf(valueAt(document, 'profiles')).flatMap((profile) => {
    const entries = itemsOf(valueAt(profile, 'activation'));
    if (entries.length === 0) return [];
    const holding = entries.filter((entry) => holds(entry, facts, report));
    const all = valueAt(profile, 'requiresAllActivations');
    const needed = all?.kind === 'scalar' && all.value === true ? entries.length : 1;
    if (holding.length < needed) return [];
    const deciding = needed === 1 ? holding.slice(0, 1) : holding;
    const byContext = deciding.some((entry) => entryOf(entry, 'kubeContext') !== undefined);
    return [{ name: textAt(profile, 'name') ?? '', byContext }];
  });
}

function holds(entry: Located, facts: ActivationFacts, report: Report): boolean {
  const env = valueAt(entry, 'env');
  const context = valueAt(entry, 'kubeContext');
  const command = valueAt(entry, 'command');
  // Each condition is looked at, so that every mistake is reported.
  return [
    !env || environmentHolds(env, facts.env, report),
    !context || matches(context, facts.kubeContext ?? '', report),
    !command || matches(command, facts.command, report),
  ].every(Boolean);
}

function environmentHolds(condition: Located, env: ActivationFacts['env'], report: Report): boolean {
  const [, name, pattern] = (condition.kind === 'scalar' && /^([^=]*)=(.*)$/s.exec(condition.text)) || [];
  if (name === undefined || pattern === undefined) {
    const written = condition.kind === 'scalar' ? condition.text : '';
    report(problem('S013', condition.at, { written }));
    return false;
  }
  const value = ownValue(env, name) ?? '';
  // An empty pattern would match everything.
  return pattern === '' ? value === '' : matchesText(condition, pattern, value, report);
}

function matches(condition: Located, value: string, report: Report): boolean {
  return condition.kind === 'scalar' && matchesText(condition, condition.text, value, report);
}

/** Reports whether a value is equal to a pattern or matches it as a regular expression. One `!` before it negates. */
function matchesText(condition: Located, pattern: string, value: string, report: Report): boolean {
  const isNegated = pattern.startsWith('!');
  const wanted = isNegated ? pattern.slice(1) : pattern;
  const found = finds(wanted, value);
  if (found === undefined) report(problem('S018', condition.at, { written: wanted }));
  return (wanted === value || found === true) !== isNegated;
}

/** Returns `undefined` for a text that is no regular expression of Go, or too large. */
function finds(pattern: string, value: string): boolean | undefined {
  try {
    return new Regex(pattern, new Budget()).matches(value);
  } catch (error) {
    if (error instanceof FunctionFailed || error instanceof OverBudget) return undefined;
    throw error;
  }
}

/**
 * Returns the active profiles in the order in which they apply: those that activate themselves, then the named ones.
 * @param named as `--profile` has them: `-NAME` switches a profile off
 */
export function activeProfiles(activated: readonly string[], named: readonly string[]): readonly string[] {
  let active = [...activated];
  for (const name of named) {
    if (name.startsWith('-')) active = active.filter((one) => one !== name.slice(1));
    else if (!active.includes(name)) active.push(name);
  }
  return active;
}
