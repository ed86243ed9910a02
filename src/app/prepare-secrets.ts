import type { AskForSecret, StartRequest } from '../cli/services.ts';
import type { OperatorFile } from '../config/operator/operator-file.ts';
import { problem } from '../diagnostics/problem.ts';
import { hasErrors } from '../diagnostics/sorted.ts';
import type { Clock } from '../model/clock.ts';
import type { Checked, Diagnostic } from '../model/diagnostic.ts';
import { Cancelled } from '../model/outcome.ts';
import type { PlannedStage, UsedVariable } from '../model/plan.ts';
import type { TarSource } from '../model/tree.ts';
import type { OperatorNames } from '../plan/check-names.ts';
import { makeMask } from '../secrets/make-mask.ts';
import { secretTexts, type RunSecrets } from '../secrets/run-secrets.ts';
import { secretHash } from '../secrets/secret-hash.ts';
import { variablesWithoutSecrets, withoutSecrets } from '../secrets/stored-plan.ts';
import type { Provisions } from '../steps/provisions.ts';
import { inputVariable } from '../vars/environment-inputs.ts';
import { readCertificates } from './certificates.ts';
import { Clusters, prepareClusters } from './cluster-access.ts';
import type { HeldSecrets } from './held-secrets.ts';
import { knownPasswords } from './known-secrets.ts';
import { operatorSecrets, type SecretPlaces } from './operator-secrets.ts';
import { provisionsOf } from './provisions.ts';
import type { OwnCluster } from './own-cluster.ts';
import type { Read, ReadPipeline, Where, Workshop } from './workshop.ts';

/** The secrets of a run with all that hides them, and its plan as it may be stored. */
export interface PreparedSecrets extends HeldSecrets {
  readonly stages: readonly PlannedStage[];
  readonly variables: readonly UsedVariable[];
}

/** What secrets are looked for with. */
export interface SecretSources extends Omit<SecretPlaces, 'own'> {
  readonly home: string;
  readonly clock: Clock;
  operator(): Promise<Checked<OperatorFile>>;
  /** The cluster that steps run on, where they can run nowhere else; a sentence where it cannot be had. */
  own(): Promise<OwnCluster | string | undefined>;
  readonly kubeContext?: string;
  readonly ask?: AskForSecret;
}

export function secretSources(workshop: Workshop, { kubeContext, askForSecret }: Pick<StartRequest, 'kubeContext' | 'askForSecret'>, where: Where | undefined, stop?: AbortSignal): SecretSources {
  const { env, home, clock } = workshop.parts;
  return {
    env,
    home,
    clock,
    own: async () => await where?.clusters.sole(where.on),
    signal: stop ?? new AbortController().signal,
    operator: async () => await workshop.parts.operator(),
    ...(kubeContext !== undefined && { kubeContext }),
    ...(askForSecret !== undefined && { ask: askForSecret }),
  };
}

/** Gets the value of every secret that the plan uses, before anything runs. */
export async function prepareSecrets(read: Read<ReadPipeline> & { readonly value: ReadPipeline }, sources: SecretSources): Promise<Checked<PreparedSecrets> | Cancelled> {
  const pipeline = read.value;
  const [inputs, found] = await Promise.all([passwords(read, sources.ask), operatorParts(pipeline.names, needsTools(pipeline), sources)]);
  if (inputs instanceof Cancelled) return inputs;
  const diagnostics = [...inputs.diagnostics, ...found.diagnostics];
  if (hasErrors(diagnostics)) return { diagnostics };
  const secrets: RunSecrets = { inputs: inputs.values, operator: found.secrets };
  const stages = withoutSecrets(pipeline.plan.stages, inputs.values);
  const open = pipeline.variables.flatMap((variable): UsedVariable[] => ('secret' in variable ? [] : [variable]));
  const others = variablesWithoutSecrets(open, inputs.values);
  const used = new Set(pipeline.variables.flatMap((variable) => ('secret' in variable ? [variable.name] : [])));
  // A default that no `${name}` uses, but that is written somewhere: whoever goes on with the run has to have it, too.
  const changed = JSON.stringify([stages, others]);
  for (const name of inputs.values.keys()) if (!used.has(name) && (changed.includes(`\${${name}}`) || changed.includes(JSON.stringify({ secret: name })))) used.add(name);
  const hashed = await Promise.all([...used].map(async (name): Promise<UsedVariable> => ({ name, source: inputs.sources.get(name) ?? 'default of the input', secretHash: await secretHash(inputs.values.get(name) ?? '') })));
  const variables = [...others, ...hashed, ...(await mappedVariables(found.secrets))];
  return { value: { secrets, mask: await makeMask([...secretTexts(secrets), ...found.clusterSecrets]), provisions: found.provisions, stages, variables }, diagnostics };
}

interface Passwords {
  /** Also of those that no step uses: they are in the file, and a step may print that. */
  readonly values: ReadonlyMap<string, string>;
  readonly sources: ReadonlyMap<string, string>;
  readonly diagnostics: readonly Diagnostic[];
}

async function passwords(read: Read<ReadPipeline> & { readonly value: ReadPipeline }, ask: AskForSecret | undefined): Promise<Passwords | Cancelled> {
  const diagnostics: Diagnostic[] = [];
  const values = new Map(knownPasswords(read));
  const sources = new Map<string, string>();
  for (const variable of read.value.variables) {
    if (!('secret' in variable)) continue;
    const { name } = variable;
    sources.set(name, values.has(name) ? variable.source : 'asked for');
    const value = values.get(name) ?? (await ask?.(name));
    if (value instanceof Cancelled) return value;
    if (value === undefined) diagnostics.push(problem('W036', variable.at, { name, variable: inputVariable(name) }));
    else {
      values.set(name, value);
      diagnostics.push(...warnings(name, value, read));
    }
  }
  return { values, sources, diagnostics };
}

/** A short secret is hidden all the same (product.md, "Secrets"). */
const shortest = 4;

function warnings(name: string, value: string, { given }: Pick<Read<unknown>, 'given'>): readonly Diagnostic[] {
  const last = given.filter((one) => one.name === name).at(-1);
  return [
    ...(last?.from === 'argument' ? [problem('W043', undefined, { name, variable: inputVariable(name) })] : []),
    ...(value !== '' && [...value].length < shortest ? [problem('W044', undefined, { name })] : []),
  ];
}

/** What the operator's file gives to a run. */
export interface OperatorParts {
  readonly secrets: RunSecrets['operator'];
  /** Tokens and keys within kubeconfigs. */
  readonly clusterSecrets: readonly string[];
  readonly provisions: Provisions;
  readonly diagnostics: readonly Diagnostic[];
}

/** @param tools whether steps run tools, whose images the operator may choose */
export async function operatorParts(names: OperatorNames, tools: boolean, sources: SecretSources): Promise<OperatorParts> {
  const { env, home, clock, signal, kubeContext } = sources;
  const wanted = tools || names.secrets.length > 0 || names.certificates || names.clusters.length > 0;
  const { value: file, diagnostics: mistakes } = wanted ? await sources.operator() : { value: undefined, diagnostics: [] };
  const own = wanted ? await sources.own() : undefined;
  const clusters = new Clusters({ clusters: file?.clusters ?? new Map(), own, env, home, clock, ...(kubeContext !== undefined && { kubeContext }) }, signal);
  const [found, reached, certificates] = await Promise.all([
    file === undefined ? { secrets: new Map<string, never>(), diagnostics: [] } : operatorSecrets(names, file, { env, signal, own }),
    prepareClusters(names, clusters),
    names.certificates && file?.certificates !== undefined ? readCertificates(file.certificates) : ({ diagnostics: [] } satisfies Checked<TarSource> as Checked<TarSource>),
  ]);
  return {
    secrets: found.secrets,
    clusterSecrets: reached.secrets,
    provisions: provisionsOf({ images: file?.images ?? {}, secrets: found.secrets, clusters, certificates: certificates.value }),
    // What is wrong with the file itself was told when the plan was made.
    diagnostics: [...mistakes.filter(({ severity }) => severity === 'error'), ...found.diagnostics, ...reached.diagnostics, ...certificates.diagnostics],
  };
}

function needsTools({ plan }: Pick<ReadPipeline, 'plan'>): boolean {
  return plan.stages.some((stage) => stage.steps.some(({ spec }) => spec.kind !== 'container' && spec.kind !== 'docker'));
}

async function mappedVariables(secrets: RunSecrets['operator']): Promise<readonly UsedVariable[]> {
  const keys = [...secrets].flatMap(([secret, values]) => [...values].map(([key, value]) => ({ secret, key, value })));
  return await Promise.all(keys.map(async ({ secret, key, value }): Promise<UsedVariable> => ({ name: `secret ${secret}/${key}`, source: 'operator', secretHash: await secretHash(value), mapped: { secret, key } })));
}
