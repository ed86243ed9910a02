import type { FrontEnd, Read, ReadPipeline } from '../../engine/front-end.ts';
import type { StepKinds } from '../../steps/step-kind.ts';
import type { Interaction } from '../interaction.ts';
import type { OperatorFile } from '../../operator/file/operator-file.ts';
import { problem } from './secret-codes.ts';
import { hasErrors } from '../../diagnostics/sorted.ts';
import type { PreparedPlan } from '../../engine/run-driver.ts';
import type { Clock } from '../../model/clock.ts';
import type { Checked, Diagnostic } from '../../model/diagnostic.ts';
import { Cancelled } from '../../model/outcome.ts';
import type { UsedVariable } from '../../model/plan.ts';
import type { TarSource } from '../../model/tree.ts';
import type { OperatorNames } from '../../operator/operator-names.ts';
import { makeMask } from '../../secrets/make-mask.ts';
import { secretTexts, type RunSecrets } from '../../secrets/run-secrets.ts';
import { secretHash } from '../../secrets/secret-hash.ts';
import { referencesOf, storePlan, type WrittenPlan } from '../../secrets/stored-plan.ts';
import type { Provisions } from '../../model/provisions.ts';
import { inputVariable } from '../../model/environment-inputs.ts';
import { readCertificates } from '../../operator/certificates.ts';
import { Clusters, prepareClusters } from '../../operator/clusters/cluster-access.ts';
import type { HeldSecrets } from './held-secrets.ts';
import { isSelected } from '../../model/plan.ts';
import { knownPasswords } from './known-secrets.ts';
import { operatorSecrets, type FoundSecrets, type SecretPlaces } from '../../operator/operator-secrets.ts';
import { provisionsOf } from '../../operator/provisions.ts';
import type { OwnCluster } from '../../operator/clusters/own-cluster.ts';
import type { Where } from '../places/places.ts';
import type { Machine } from '../machine.ts';

/** The secrets of a run, their mask, and the run's plan. */
export interface PreparedSecrets extends HeldSecrets {
  readonly plan: PreparedPlan;
}

/** The parts that the search for secrets uses. */
export interface SecretSources extends Omit<SecretPlaces, 'own'> {
  readonly home: string;
  readonly clock: Clock;
  operator(): Promise<Checked<OperatorFile>>;
  /**
   * Returns the cluster of the steps if they can run nowhere else. Returns a sentence if the cluster is unavailable.
   */
  own(): Promise<OwnCluster | string | undefined>;
  readonly kubeContext?: string;
  readonly ask?: Interaction['askSecret'];
  readonly frontEnd: Pick<FrontEnd, 'kinds' | 'language' | 'values' | 'fill' | 'checkSizes'>;
}

export function secretSources(
  machine: Pick<Machine, 'env' | 'home' | 'clock' | 'operator' | 'frontEnd'>,
  kubeContext: string | undefined,
  { askSecret }: Interaction,
  where: Where | undefined,
  stop?: AbortSignal,
): SecretSources {
  const { env, home, clock } = machine;
  return {
    env,
    home,
    clock,
    frontEnd: machine.frontEnd,
    own: async () => await where?.clusters.sole(where.on),
    signal: stop ?? new AbortController().signal,
    operator: async () => await machine.operator(),
    ...(kubeContext !== undefined && { kubeContext }),
    ...(askSecret !== undefined && { ask: askSecret }),
  };
}

/** Gets the value of every secret that the plan uses, before any step runs. */
export async function prepareSecrets(
  read: Read<ReadPipeline> & { readonly value: ReadPipeline },
  sources: SecretSources,
): Promise<Checked<PreparedSecrets> | Cancelled> {
  const pipeline = read.value;
  const [inputs, found] = await Promise.all([
    passwords(read, sources.ask),
    operatorParts(pipeline.names, needsTools(pipeline, sources.frontEnd.kinds), sources),
  ]);
  if (inputs instanceof Cancelled) return inputs;
  const diagnostics = [...inputs.diagnostics, ...found.diagnostics];
  if (hasErrors(diagnostics)) return { diagnostics };
  const secrets: RunSecrets = { inputs: inputs.values, operator: found.secrets };
  const held: HeldSecrets = {
    secrets,
    mask: await makeMask([...secretTexts(secrets), ...found.clusterSecrets]),
    provisions: found.provisions,
  };
  const variables = await Promise.all(
    pipeline.variables.map(async (variable) =>
      'secret' in variable ? await passwordVariable(variable.name, secrets, inputs.sources) : variable,
    ),
  );
  const written = {
    stages: pipeline.plan.stages,
    variables: [...variables, ...(await mappedVariables(found.secrets))],
  };
  const sizes = sources.frontEnd.checkSizes(written, secrets, isSelected);
  if (sizes.length > 0) return { diagnostics: [...diagnostics, ...sizes] };
  return { value: { ...held, plan: await preparedPlan(written, held, sources.signal) }, diagnostics };
}

/**
 * Returns a plan with its form for the log. The log gets a hash of each password that a text writes out, because
 * `resume` asks for the value.
 * Rejects with the signal's reason.
 */
export async function preparedPlan(
  { stages, variables }: WrittenPlan,
  { secrets, mask }: HeldSecrets,
  signal: AbortSignal,
): Promise<PreparedPlan> {
  const stored = await storePlan({ stages, variables }, secrets, mask, signal);
  const known = new Set(
    variables.flatMap((variable) => ('secretHash' in variable && variable.mapped === undefined ? [variable.name] : [])),
  );
  const writtenOut = new Set(
    referencesOf(stored).flatMap(({ secret, key }) => (key === undefined && !known.has(secret) ? [secret] : [])),
  );
  const more = await Promise.all([...writtenOut].map(async (name) => await passwordVariable(name, secrets)));
  return {
    stages,
    variables: [...variables, ...more],
    stored: { stages: stored.stages, variables: [...stored.variables, ...more] },
  };
}

type SecretVariable = Extract<UsedVariable, { readonly secretHash: string }>;

async function passwordVariable(
  name: string,
  { inputs }: RunSecrets,
  sources?: ReadonlyMap<string, string>,
): Promise<SecretVariable> {
  return {
    name,
    source: sources?.get(name) ?? 'default of the input',
    secretHash: await secretHash(inputs.get(name) ?? ''),
  };
}

interface Passwords {
  /** Includes passwords that no step uses: they are in the file, and a step may print the file. */
  readonly values: ReadonlyMap<string, string>;
  readonly sources: ReadonlyMap<string, string>;
  readonly diagnostics: readonly Diagnostic[];
}

async function passwords(
  read: Read<ReadPipeline> & { readonly value: ReadPipeline },
  ask: Interaction['askSecret'],
): Promise<Passwords | Cancelled> {
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

/** Shorter secrets get a warning. They are hidden all the same (docs/design/product.md, "Secrets"). */
const shortest = 4;

function warnings(name: string, value: string, { given }: Pick<Read<unknown>, 'given'>): readonly Diagnostic[] {
  const last = given.filter((one) => one.name === name).at(-1);
  return [
    ...(last?.from === 'argument' ? [problem('W043', undefined, { name, variable: inputVariable(name) })] : []),
    ...(value !== '' && [...value].length < shortest ? [problem('W044', undefined, { name })] : []),
  ];
}

/** The parts of the operator's file that a run uses. */
export interface OperatorParts {
  readonly secrets: RunSecrets['operator'];
  /** Tokens and keys in kubeconfigs. */
  readonly clusterSecrets: readonly string[];
  readonly provisions: Provisions;
  readonly diagnostics: readonly Diagnostic[];
}

/** @param tools steps run tools, whose images the operator may choose */
async function operatorParts(names: OperatorNames, tools: boolean, sources: SecretSources): Promise<OperatorParts> {
  const wanted = tools || names.secrets.length > 0 || names.certificates || names.clusters.length > 0;
  const place = await operatorPlace(wanted, sources);
  const [found, others] = await Promise.all([secretsOf(names, place, sources), otherParts(names, place, sources)]);
  return operatorPartsOf(place, found, others);
}

/** The operator's file, and the cluster that may hold its secrets. */
export interface OperatorPlace {
  readonly file: OperatorFile | undefined;
  readonly mistakes: readonly Diagnostic[];
  readonly own: OwnCluster | string | undefined;
}

/** @param wanted the plan uses parts of the operator's file */
export async function operatorPlace(wanted: boolean, sources: SecretSources): Promise<OperatorPlace> {
  if (!wanted) return { file: undefined, mistakes: [], own: undefined };
  const { value: file, diagnostics } = await sources.operator();
  // The plan already reported the warnings of the file itself.
  return { file, mistakes: diagnostics.filter(({ severity }) => severity === 'error'), own: await sources.own() };
}

export async function secretsOf(
  names: Pick<OperatorNames, 'secrets' | 'keys'>,
  { file, own }: OperatorPlace,
  { env, signal }: SecretSources,
): Promise<FoundSecrets> {
  return file === undefined
    ? { secrets: new Map(), diagnostics: [] }
    : await operatorSecrets(names, file, { env, signal, own });
}

interface OtherParts {
  readonly clusters: Clusters;
  /** Tokens and keys in kubeconfigs. */
  readonly secrets: readonly string[];
  readonly certificates: TarSource | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Returns the clusters and certificates of the operator's file. */
export async function otherParts(
  names: OperatorNames,
  { file, own }: OperatorPlace,
  { env, home, clock, signal, kubeContext }: SecretSources,
): Promise<OtherParts> {
  const clusters = new Clusters(
    { clusters: file?.clusters ?? new Map(), own, env, home, clock, ...(kubeContext !== undefined && { kubeContext }) },
    signal,
  );
  const [reached, certificates] = await Promise.all([
    prepareClusters(names, clusters),
    names.certificates && file?.certificates !== undefined
      ? readCertificates(file.certificates)
      : ({ diagnostics: [] } satisfies Checked<TarSource> as Checked<TarSource>),
  ]);
  return {
    clusters,
    secrets: reached.secrets,
    certificates: certificates.value,
    diagnostics: [...reached.diagnostics, ...certificates.diagnostics],
  };
}

export function operatorPartsOf(
  { file, mistakes }: OperatorPlace,
  found: FoundSecrets,
  { clusters, secrets, certificates, diagnostics }: OtherParts,
): OperatorParts {
  return {
    secrets: found.secrets,
    clusterSecrets: secrets,
    provisions: provisionsOf({ images: file?.images ?? {}, secrets: found.secrets, clusters, certificates }),
    diagnostics: [...mistakes, ...found.diagnostics, ...diagnostics],
  };
}

function needsTools({ plan }: Pick<ReadPipeline, 'plan'>, kinds: StepKinds): boolean {
  return plan.stages.some((stage) => stage.steps.some(({ spec }) => kinds.of(spec).uses(spec).tools === true));
}

/** Returns the operator's secrets in their form for the log. */
export async function mappedVariables(secrets: RunSecrets['operator']): Promise<readonly UsedVariable[]> {
  const keys = [...secrets].flatMap(([secret, values]) => [...values].map(([key, value]) => ({ secret, key, value })));
  return await Promise.all(
    keys.map(async ({ secret, key, value }): Promise<UsedVariable> => ({
      name: `secret ${secret}/${key}`,
      source: 'operator',
      secretHash: await secretHash(value),
      mapped: { secret, key },
    })),
  );
}
