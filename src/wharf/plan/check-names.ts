import type { NameUse, StepDefinition } from '../config/definition.ts';
import type { OperatorFile, SecretEntry } from '../../operator/file/operator-file.ts';
import { missingKeys, type KeyUse, type OperatorNames } from '../../operator/operator-names.ts';
import { problem } from '../problem.ts';
import type { Report } from '../../diagnostics/problem.ts';
import type { ValuePart } from '../../model/plan.ts';
import { quoted } from '../../util/visible.ts';
import { pieces } from '../vars/placeholder.ts';
import { textOfParts, type Variables } from '../vars/variables.ts';

/** What resolves the names in steps. */
export interface NameGivers {
  /** Absent: names are not checked. */
  readonly operator?: OperatorFile;
  /** `--kube-context`. */
  readonly kubeContext?: string;
  /** Whether steps run only on a cluster. A deploy step without a cluster then uses that one. */
  readonly onCluster?: boolean;
}

/**
 * Checks the names in steps against the operator's file. An unmapped name is an error before the first stage starts.
 */
export function checkNames(
  steps: readonly StepDefinition[],
  variables: Variables,
  givers: NameGivers,
  report: Report,
): OperatorNames {
  const secrets = new Set<string>();
  const clusters = new Set<string>();
  const keys: KeyUse[] = [];
  let certificates = false;
  let commandLineCluster = false;
  for (const use of steps.flatMap((step) => step.names)) {
    const name = filledName(use, variables);
    // An undefined or empty name was already reported, or means that nothing is wanted.
    if (name === undefined || name === '' || use.when?.(name) === false) continue;
    if (!isMapped(use, name, givers.operator, report)) {
      if (use.kind === 'cluster' && use.optional)
        commandLineCluster = hasOtherCluster(use, givers, report) || commandLineCluster;
      continue;
    }
    if (use.kind === 'secret') {
      secrets.add(name);
      const entry = givers.operator?.secrets.get(name);
      if (entry !== undefined && 'kubernetes' in entry) keys.push(keyUseOf(use, name));
    } else if (use.kind === 'cluster') {
      if (use.optional && givers.kubeContext !== undefined)
        report(problem('W069', use.text.at, { field: use.field, context: givers.kubeContext }));
      clusters.add(name);
    } else if (use.kind === 'certificates') certificates = true;
  }
  return { secrets: [...secrets], clusters: [...clusters], certificates, commandLineCluster, keys };
}

/** Handles a step without a cluster where the default is not mapped. */
function hasOtherCluster(
  { text, field }: NameUse,
  { operator, kubeContext, onCluster }: NameGivers,
  report: Report,
): boolean {
  if (kubeContext !== undefined || onCluster === true) return true;
  if (operator !== undefined) report(problem('W064', text.at, { field, files: operator.files }));
  return false;
}

/** Returns the name after substitution. Returns `undefined` if a variable in it is undefined or secret. */
function filledName({ text, otherwise }: NameUse, variables: Variables): string | undefined {
  const parts: ValuePart[] = [];
  for (const piece of pieces(text.text)) {
    const resolution = 'literal' in piece ? undefined : variables.resolve(piece.name);
    if (resolution?.status === 'undefined') return otherwise;
    if ('literal' in piece) parts.push(piece.literal);
    else if (resolution?.status === 'found' && resolution.missing.length === 0)
      for (const part of resolution.parts) parts.push(part);
    else return undefined;
  }
  return textOfParts(parts);
}

function isMapped(use: NameUse, name: string, operator: OperatorFile | undefined, report: Report): boolean {
  if (operator === undefined) return false;
  const known = namesOf(use.kind, operator);
  const mapped = use.kind === 'certificates' ? operator.certificates !== undefined : known.includes(name);
  if (mapped) return use.kind !== 'secret' || hasKeys(use, name, operator.secrets.get(name), report);
  if (!use.optional)
    report(problem('W061', use.text.at, { field: use.field, kind: use.kind, name, known, files: operator.files }));
  return false;
}

/** Returns the names that the operator's file maps or allows. */
function namesOf(kind: NameUse['kind'], { secrets, clusters, serviceAccounts }: OperatorFile): readonly string[] {
  if (kind === 'certificates') return [];
  return kind === 'serviceAccount' ? serviceAccounts : [...(kind === 'secret' ? secrets : clusters).keys()];
}

/** Checks the keys of a mapped secret. A mapped default is checked too: the operator wants it to be used. */
function hasKeys(use: NameUse, name: string, entry: SecretEntry | undefined, report: Report): boolean {
  if (entry === undefined || !('keys' in entry)) return true;
  const mistakes = missingKeys(
    keyUseOf(use, name),
    [...entry.keys.keys()],
    [{ message: `secret ${quoted(name)} is mapped`, at: entry.at }],
  );
  mistakes.forEach(report);
  return mistakes.length === 0;
}

function keyUseOf({ keys = [[]], text: { at }, field }: NameUse, name: string): KeyUse {
  return { name, field, at, keys };
}
