import type { Interaction } from '../interaction.ts';
import type { StepKinds } from '../../steps/step-kind.ts';
import { join } from 'node:path';
import type { GivenInput } from '../../model/given-input.ts';
import type { ResumeRequest } from '../run-service.ts';
import { problem } from './secret-codes.ts';
import { hasErrors } from '../../diagnostics/sorted.ts';
import { currentIteration, type RunState } from '../../events/run-state.ts';
import type { Checked, Diagnostic } from '../../model/diagnostic.ts';
import { Cancelled } from '../../model/outcome.ts';
import type { PlannedStep, UsedVariable } from '../../model/plan.ts';
import { isEnd } from '../../model/status.ts';
import type { StoredPlan, StoredVariable } from '../../model/stored-plan.ts';
import type { OperatorNames } from '../../operator/operator-names.ts';
import { makeMask } from '../../secrets/make-mask.ts';
import { valuesIn } from '../../secrets/named-secrets.ts';
import { secretTexts, type RunSecrets } from '../../secrets/run-secrets.ts';
import { matchesHash } from '../../secrets/secret-hash.ts';
import { restorePlan, type PlanLanguage, type LostField, type RestoredPlan } from '../../secrets/stored-plan.ts';
import { inputFromEnvironment, inputVariable } from '../../model/environment-inputs.ts';
import type { HeldSecrets } from './held-secrets.ts';
import { knownPasswords } from './known-secrets.ts';
import { isSelected } from '../../model/plan.ts';
import {
  operatorPartsOf,
  operatorPlace,
  otherParts,
  secretSources,
  secretsOf,
  type SecretSources,
} from './prepare-secrets.ts';
import type { Where } from '../places/places.ts';
import type { Machine } from '../machine.ts';
import { warnings, type Warning } from '../../model/warning.ts';

/** The secrets and the plan of an earlier run, restored. */
export interface RestoredSecrets extends HeldSecrets {
  /** Each text as it is written. */
  readonly plan: RestoredPlan;
  /** Changes since the earlier run. */
  readonly notes: readonly Warning[];
}

interface RestoreSources extends SecretSources {
  readonly inputs: readonly GivenInput[];
  /** Returns the file's current password defaults, by name. A default is used only if it equals the run's password. */
  defaults(): Promise<ReadonlyMap<string, string>>;
}

/** `resume` runs the rest of a run. `rerun` runs all of it. */
type Purpose = 'resume' | 'rerun';

type Password = UsedVariable & { readonly secretHash: string };

/**
 * Gets the secrets of an earlier run again, from the current user and the operator. Passwords must equal those of the
 * earlier run. The operator's secrets have their current values.
 */
export async function restoreSecrets(
  machine: Pick<Machine, 'env' | 'home' | 'clock' | 'operator' | 'frontEnd'>,
  state: RunState,
  where: Where | undefined,
  request: ResumeRequest,
  interaction: Interaction,
  purpose: Purpose,
): Promise<Checked<RestoredSecrets> | Cancelled> {
  const { source, settings } = state;
  const inputs = request.inputs ?? [];
  const wrong = await wrongInputs(machine.frontEnd, state, inputs);
  if (wrong.length > 0) return { diagnostics: wrong };
  return await restoreFrom(state, purpose, {
    ...secretSources(machine, settings?.kubeContext, interaction, where),
    inputs,
    async defaults() {
      if (source === undefined) return new Map();
      return knownPasswords(
        await machine.frontEnd.load({
          path: join(source.directory, source.file),
          stages: [],
          steps: [],
          purpose: 'validate',
          inputs: [],
        }),
      );
    },
  });
}

/**
 * Reports given inputs that the run does not take. Accepts a password of the file that no step of the run uses, so that
 * the inputs of the earlier command line can be repeated.
 */
async function wrongInputs(
  frontEnd: Pick<Machine['frontEnd'], 'outline'>,
  state: RunState,
  inputs: readonly GivenInput[],
): Promise<readonly Diagnostic[]> {
  const { variables } = storedPlanOf(state);
  const passwords = variables.filter(isPassword).map(({ name }) => name);
  const others = [...new Set(inputs.map(({ name }) => name))].filter((name) => !passwords.includes(name));
  if (others.length === 0) return [];
  const { source } = state;
  const outline = source && (await frontEnd.outline(join(source.directory, source.file)));
  return others.flatMap((name) => {
    const input = outline?.inputs.find((one) => one.name === name);
    if (input?.type === 'password') return [];
    const kept = input !== undefined || variables.some((variable) => variable.name === name);
    return [problem('W055', undefined, { name, kept, passwords })];
  });
}

function isPassword(variable: StoredVariable | UsedVariable): variable is Password {
  return 'secretHash' in variable && variable.mapped === undefined;
}

async function restoreFrom(
  state: RunState,
  purpose: Purpose,
  sources: RestoreSources,
): Promise<Checked<RestoredSecrets> | Cancelled> {
  const stored = storedPlanOf(state);
  const inputs = await restorePasswords(stored, sources);
  if (inputs instanceof Cancelled) return inputs;
  if (inputs.value === undefined) return { diagnostics: inputs.diagnostics };
  const place = await operatorPlace(namesSecrets(stored) || usesOperator(stored, sources.frontEnd.kinds), sources);
  const found = await secretsOf(secretNames(stored.variables), place, sources);
  const secrets: RunSecrets = { inputs: inputs.value, operator: found.secrets };
  const changed = await changedSecrets(stored, found.secrets);
  const isChanged = (secret: string, key: string) => changed.some((one) => one.secret === secret && one.key === key);
  const valueOf = valuesIn(secrets);
  const plan = restorePlan(
    stored,
    (name) => (name.key !== undefined && isChanged(name.secret, name.key) ? undefined : valueOf(name)),
    sources.frontEnd.language,
  );
  const lost = plan.lost.filter(({ step, stage }) => wouldRun(purpose, state, stage, step)).map(lostField);
  const others = await otherParts(namesOf(plan, inputs.value, sources.frontEnd), place, sources);
  const { clusterSecrets, provisions, diagnostics } = operatorPartsOf(place, found, others);
  const large = sources.frontEnd.checkSizes(plan, secrets, (stage, step) => wouldRun(purpose, state, stage, step));
  const all = [...lost, ...large, ...diagnostics];
  if (hasErrors(all)) return { diagnostics: all };
  return {
    value: {
      secrets,
      mask: await makeMask([...secretTexts(secrets), ...clusterSecrets]),
      provisions,
      plan,
      notes: warnings('W083', changed.map(noteOf)),
    },
    diagnostics: all,
  };
}

/** Returns the plan of the run's last iteration. */
function storedPlanOf(state: RunState): StoredPlan {
  const { stages = [], variables = [] } = currentIteration(state) ?? {};
  return { stages: stages.map(({ planned }) => planned), variables };
}

/** Returns the plan of a run that is only ended: none of its steps runs again. */
export function withoutRunning(state: RunState, language: PlanLanguage): RestoredPlan {
  return restorePlan(storedPlanOf(state), () => undefined, language);
}

type Selectable = Pick<PlannedStep, 'notSelected'>;

/** `resume` does not run finished steps again. */
function wouldRun(
  purpose: Purpose,
  state: RunState,
  stage: Selectable,
  step: Selectable & Pick<PlannedStep, 'id'>,
): boolean {
  if (!isSelected(stage, step)) return false;
  return purpose === 'rerun' || !isEnd(state.steps.get(step.id)?.status ?? 'notStarted');
}

function lostField({ stage, step, field, secret }: LostField): Diagnostic {
  const name = secret && (secret.key === undefined ? secret.secret : `${secret.secret}/${secret.key}`);
  return problem('W046', step.declaredAt, {
    step: `${stage.name}/${step.name}`,
    field,
    ...(name !== undefined && { secret: name }),
  });
}

/** Returns the file's own passwords, and each password whose hash is in the plan. */
async function restorePasswords(
  { variables }: StoredPlan,
  sources: RestoreSources,
): Promise<Checked<ReadonlyMap<string, string>> | Cancelled> {
  const asked = variables.filter(isPassword);
  const defaults = asked.length === 0 ? new Map<string, string>() : await sources.defaults();
  const inputs = new Map(defaults);
  const diagnostics: Diagnostic[] = [];
  for (const variable of asked) {
    const value = await restorePassword(variable, defaults.get(variable.name), sources);
    if (value instanceof Cancelled) return value;
    if (typeof value === 'string') inputs.set(variable.name, value);
    else diagnostics.push(value.refused);
  }
  return hasErrors(diagnostics) ? { diagnostics } : { value: inputs, diagnostics };
}

/** How often a user may mistype a password. */
const tries = 3;

/** Returns the given password, or the file's default. Otherwise asks until the answer equals the earlier password. */
async function restorePassword(
  { name, secretHash }: Password,
  fallback: string | undefined,
  { inputs, env, ask }: RestoreSources,
): Promise<string | { readonly refused: Diagnostic } | Cancelled> {
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

/**
 * Returns the names of the operator's secrets in a plan. `changedSecrets` compares their values with the earlier ones.
 */
function secretNames(variables: readonly (StoredVariable | UsedVariable)[]): Pick<OperatorNames, 'secrets' | 'keys'> {
  const names = variables.flatMap((variable) =>
    'mapped' in variable && variable.mapped !== undefined ? [variable.mapped.secret] : [],
  );
  return { secrets: [...new Set(names)], keys: [] };
}

/** Returns what the plan uses of the operator's file. */
function namesOf(
  { stages, variables }: RestoredPlan,
  inputs: ReadonlyMap<string, string>,
  { kinds, values, fill }: RestoreSources['frontEnd'],
): OperatorNames {
  const known = values(variables, inputs);
  const uses = stages.flatMap((stage) => stage.steps.map(({ spec }) => kinds.of(spec).uses(fill(spec, known))));
  const clusters = uses.flatMap((use) => use.clusters ?? []);
  return {
    ...secretNames(variables),
    clusters: [...new Set(clusters.filter((name) => name !== undefined))],
    certificates: uses.some(({ certificates }) => certificates === true),
    commandLineCluster: clusters.includes(undefined),
  };
}

/** Reports whether a step uses tools or certificates of the operator's file. */
function usesOperator({ stages }: StoredPlan, kinds: StepKinds): boolean {
  const uses = stages.flatMap((stage) => stage.steps.map(({ spec }) => kinds.of(spec).uses(spec)));
  return uses.some(({ tools, certificates }) => tools === true || certificates === true);
}

function namesSecrets(stored: StoredPlan): boolean {
  return secretNames(stored.variables).secrets.length > 0;
}

interface ChangedSecret {
  readonly secret: string;
  readonly key: string;
  /** The key no longer exists. */
  readonly gone: boolean;
}

/**
 * Returns the secrets whose values changed. Steps that take a secret from its source use the new value, because the
 * operator may change it.
 */
async function changedSecrets(
  { variables }: StoredPlan,
  secrets: RunSecrets['operator'],
): Promise<readonly ChangedSecret[]> {
  const changed = await Promise.all(
    variables.map(async (variable) => {
      if (!('mapped' in variable) || variable.mapped === undefined) return [];
      const { secret, key } = variable.mapped;
      const value = secrets.get(secret)?.get(key);
      if (value !== undefined && (await matchesHash(value, variable.secretHash))) return [];
      return [{ secret, key, gone: value === undefined }];
    }),
  );
  return changed.flat();
}

function noteOf({ secret, key, gone }: ChangedSecret): string {
  return `secret ${secret}, key ${key}, is ${gone ? 'gone' : 'another one'} since the run was begun`;
}
