import type { VariableDefinition, VariableScope } from '../../model/variable-scope.ts';
import type { LoadedPipeline, Read, ReadPipeline } from '../../engine/front-end.ts';
import type { Checked } from '../../model/diagnostic.ts';
import type { Plan } from '../../model/plan.ts';
import { noMask, type Mask } from '../../secrets/mask.ts';
import { maskedDiagnostics } from '../../secrets/masked-diagnostics.ts';
import { maskedStages } from '../../secrets/masked-plan.ts';

type Known = Pick<Read<unknown>, 'given' | 'passwords'>;

/** Returns the passwords that are known once a pipeline is read: given values and defaults of the file. */
export function knownPasswords({ given, passwords }: Known): ReadonlyMap<string, string> {
  const names = new Set(passwords.map(({ name }) => name));
  return new Map([
    ...passwords.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value] as const])),
    ...given.flatMap(({ name, value }) => (names.has(name) ? [[name, value] as const] : [])),
  ]);
}

/**
 * Returns the mask for diagnostics about the file. Includes defaults as they are written, because code frames show
 * them.
 */
export async function maskOfFile({ given, passwords }: Known): Promise<Mask> {
  if (passwords.length === 0) return noMask;
  const { makeMask } = await import('../../secrets/make-mask.ts');
  const names = new Set(passwords.map(({ name }) => name));
  return await makeMask([
    ...passwords.flatMap(({ value, written }) => [value ?? '', written ?? '']),
    ...given.flatMap(({ name, value }) => (names.has(name) ? [value] : [])),
  ]);
}

/** Returns a pipeline with masked diagnostics and a masked plan, for display. */
export async function maskedPipeline({ value, ...read }: Read<ReadPipeline>): Promise<Checked<LoadedPipeline>> {
  const mask = await maskOfFile(read);
  const diagnostics = maskedDiagnostics(mask, read.diagnostics);
  if (value === undefined) return { diagnostics };
  const stagesOf = (plan: Plan): Plan => ({ ...plan, stages: maskedStages(mask, plan.stages) });
  return { value: { ...value, plan: stagesOf(value.plan), filled: () => stagesOf(value.filled()) }, diagnostics };
}

/** Returns variables for display. A value that contains a password is masked like the password. */
export async function maskedScope({ value, ...read }: Read<VariableScope>): Promise<Checked<VariableScope>> {
  const mask = await maskOfFile(read);
  const diagnostics = maskedDiagnostics(mask, read.diagnostics);
  if (value === undefined) return { diagnostics };
  const definition = <Definition extends VariableDefinition>(one: Definition): Definition => ({
    ...one,
    value: typeof one.value === 'string' ? mask.text(one.value) : one.value,
  });
  const variables = value.variables.map((one) => ({
    ...definition(one),
    ...(one.text !== undefined && { text: mask.text(one.text) }),
    hides: one.hides.map(definition),
  }));
  return { value: { variables, substitute: (source, left) => value.substitute(source, left) }, diagnostics };
}
