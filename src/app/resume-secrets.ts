import { join } from 'node:path';
import type { GivenInput, ResumeRequest } from '../cli/services.ts';
import { problem } from '../diagnostics/problem.ts';
import { hasErrors } from '../diagnostics/sorted.ts';
import type { RunState } from '../events/run-state.ts';
import type { Checked, Diagnostic } from '../model/diagnostic.ts';
import { Cancelled } from '../model/outcome.ts';
import type { StepSpec, UsedVariable } from '../model/plan.ts';
import type { OperatorNames } from '../plan/check-names.ts';
import { filledIn, valuesOf } from '../vars/filled-in.ts';
import { makeMask } from '../secrets/make-mask.ts';
import { secretTexts, type RunSecrets } from '../secrets/run-secrets.ts';
import { matchesHash } from '../secrets/secret-hash.ts';
import { inputFromEnvironment, inputVariable } from '../vars/environment-inputs.ts';
import type { HeldSecrets } from './held-secrets.ts';
import { knownPasswords } from './known-secrets.ts';
import { operatorParts, secretSources, type SecretSources } from './prepare-secrets.ts';
import type { Where, Workshop } from './workshop.ts';

/** What a run that was planned before goes on with. */
export interface RegainedSecrets extends HeldSecrets {
  /** What is not as it was, in sentences for people. */
  readonly notes: readonly string[];
}

interface Regaining extends SecretSources {
  readonly inputs: readonly GivenInput[];
  /** Passwords that the file has as defaults now, by name: only good where they are what the run had. */
  defaults(): Promise<ReadonlyMap<string, string>>;
}

type Password = UsedVariable & { readonly secretHash: string };

/**
 * Gets the secrets of a run that was planned before again, from whoever sits here now: passwords have to be those of before, the
 * operator's are what they are now.
 */
export async function regainSecrets(workshop: Workshop, state: RunState, where: Where | undefined, request: ResumeRequest): Promise<Checked<RegainedSecrets> | Cancelled> {
  const { source, settings } = state;
  return await regainFrom(state, {
    ...secretSources(workshop, { ...request, ...(settings?.kubeContext !== undefined && { kubeContext: settings.kubeContext }) }, where),
    inputs: request.inputs ?? [],
    async defaults() {
      if (source === undefined) return new Map();
      return knownPasswords(await workshop.parts.load({ path: join(source.directory, source.file), stages: [], steps: [], purpose: 'validate', inputs: [] }));
    },
  });
}

async function regainFrom(state: RunState, sources: Regaining): Promise<Checked<RegainedSecrets> | Cancelled> {
  const variables = state.iterations.at(-1)?.variables ?? [];
  const asked = variables.filter((variable): variable is Password => 'secretHash' in variable && variable.mapped === undefined);
  const defaults = asked.length === 0 ? new Map<string, string>() : await sources.defaults();
  const inputs = new Map(defaults);
  const diagnostics: Diagnostic[] = [];
  for (const variable of asked) {
    const value = await regainPassword(variable, defaults.get(variable.name), sources);
    if (value instanceof Cancelled) return value;
    if (typeof value === 'string') inputs.set(variable.name, value);
    else diagnostics.push(value.refused);
  }
  if (hasErrors(diagnostics)) return { diagnostics };
  const found = await operatorParts(namesOf(state, inputs), hasTools(state), sources);
  diagnostics.push(...found.diagnostics);
  if (hasErrors(diagnostics)) return { diagnostics };
  const secrets: RunSecrets = { inputs, operator: found.secrets };
  const notes = await changes(variables, found.secrets);
  return { value: { secrets, mask: await makeMask([...secretTexts(secrets), ...found.clusterSecrets]), provisions: found.provisions, notes }, diagnostics };
}

/** How often somebody who mistypes is asked. */
const tries = 3;

/** Given, else the file's own, else asked for until it is the one of before. */
async function regainPassword({ name, secretHash }: Password, fallback: string | undefined, { inputs, env, ask }: Regaining): Promise<string | { readonly refused: Diagnostic } | Cancelled> {
  const given = inputs.filter((one) => one.name === name).at(-1)?.value ?? inputFromEnvironment(name, env)?.value;
  if (given !== undefined && (await matchesHash(given, secretHash))) return given;
  if (given === undefined && fallback !== undefined && (await matchesHash(fallback, secretHash))) return fallback;
  let wrong = given !== undefined;
  for (let i = 0; ask !== undefined && i < tries; i++) {
    const answer = await ask(name, wrong);
    if (answer === undefined || answer instanceof Cancelled) return answer ?? { refused: refusal(name, wrong) };
    if (await matchesHash(answer, secretHash)) return answer;
    wrong = true;
  }
  return { refused: refusal(name, wrong) };
}

function refusal(name: string, wrong: boolean): Diagnostic {
  return problem(wrong ? 'W048' : 'W036', undefined, { name, variable: inputVariable(name) });
}

/** What the plan asks of the operator's file; its secrets were stored by name, the rest is in what the steps say. */
function namesOf(state: RunState, inputs: ReadonlyMap<string, string>): OperatorNames {
  const variables = state.iterations.at(-1)?.variables ?? [];
  const values = valuesOf(variables, inputs);
  const specs = specsOf(state).map((spec) => filledIn(spec, values));
  const clusters = specs.flatMap((spec) => (spec.kind === 'kubectl' || spec.kind === 'helm' ? [spec.cluster] : []));
  return {
    secrets: [...new Set(variables.flatMap((variable) => ('mapped' in variable && variable.mapped !== undefined ? [variable.mapped.secret] : [])))],
    clusters: [...new Set(clusters.filter((name) => name !== undefined))],
    certificates: specs.some((spec) => spec.kind === 'docker' || ('certificatesMountPath' in spec && spec.certificatesMountPath !== undefined)),
    commandLineCluster: clusters.includes(undefined),
    // What is in them now is told against what was (`changes`).
    keys: [],
  };
}

function specsOf(state: RunState): readonly StepSpec[] {
  return state.iterations.at(-1)?.stages.flatMap((stage) => stage.planned.steps.map(({ spec }) => spec)) ?? [];
}

function hasTools(state: RunState): boolean {
  return specsOf(state).some(({ kind }) => kind !== 'container' && kind !== 'docker');
}

/** Another value than before is used, since it is the operator's to say; people are told. */
async function changes(variables: readonly UsedVariable[], secrets: RunSecrets['operator']): Promise<readonly string[]> {
  const notes = await Promise.all(
    variables.map(async (variable) => {
      if (!('mapped' in variable) || variable.mapped === undefined) return [];
      const { secret, key } = variable.mapped;
      const value = secrets.get(secret)?.get(key);
      if (value !== undefined && (await matchesHash(value, variable.secretHash))) return [];
      return [`secret ${secret}, key ${key}, is ${value === undefined ? 'gone' : 'another one'} since the run was begun`];
    }),
  );
  return notes.flat();
}
