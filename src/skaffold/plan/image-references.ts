import { gitFacts } from '../../build/tagging/git-facts.ts';
import { imageName } from '../../build/tagging/image-name.ts';
import type { EvaluateTemplate, GitFacts, TagFacts, Unknown } from '../../build/tagging/tag-facts.ts';
import type { TagProblem } from '../../build/tagging/tag-problem.ts';
import { gitVariants, neededFacts, type TagPolicy } from '../../build/tagging/tag-policy.ts';
import { readZoneRule } from '../../build/tagging/zone-rule.ts';
import type { Span } from '../../diagnostics/source-text.ts';
import { sentenceOf } from '../../diagnostics/sentence-of.ts';
import type { Report } from '../../diagnostics/problem.ts';
import { valueAt } from '../../diagnostics/yaml/edit.ts';
import type { Located } from '../../diagnostics/yaml/located.ts';
import type { BuildRequest } from '../../engine/build-request.ts';
import { problem } from '../problem.ts';
import { tagDiagnostic } from '../tag-diagnostic.ts';
import type { Surroundings } from '../templates/template-function.ts';
import type { TreeIndex } from '../../workspace/index/tree-index.ts';
import { expanded } from './expand-template.ts';
import { inputDigests } from './input-digests.ts';
import type { Artifact } from './read-artifacts.ts';
import { tagPolicyOf } from './tag-policy-of.ts';

/** Returns the image of each artifact with its tag, by its name in the configuration. Reports what is wrong with tags. */
export async function imageReferences(
  artifacts: readonly Artifact[],
  request: TagRequest,
  { surroundings, index }: { readonly surroundings: Surroundings; readonly index: TreeIndex },
  signal: AbortSignal,
  report: Report,
): Promise<ReadonlyMap<string, string>> {
  const policies = policiesOf(artifacts, report);
  const git =
    request.tag === undefined ? await factsOf(artifacts, policies, request.env, signal) : new Map<string, never>();
  const needsDigests = [...policies.values()].some((policy) => neededFacts(policy).inputDigest);
  const digests =
    request.tag === undefined && needsDigests ? await inputDigests(artifacts, index, signal) : new Map<string, never>();
  const sources = {
    git: ({ context }: Artifact) => git.get(context),
    inputDigest: ({ image }: Artifact) => digests.get(image),
  };
  return taggedImages(artifacts, policies, request, { surroundings, sources }, report);
}

/**
 * Reports what is wrong with tag policies and names of images, whatever Git and the files say. Runs nothing and reads no sources:
 * each commit and each digest is taken to be one that makes a valid tag.
 */
export function checkTags(
  artifacts: readonly Artifact[],
  env: BuildRequest['env'],
  surroundings: Surroundings,
  report: Report,
): void {
  const names = new Map(gitVariants.map((variant) => [variant, '0'] as const));
  const sources = { git: () => ({ names, changed: false }), inputDigest: () => '0' };
  taggedImages(artifacts, policiesOf(artifacts, report), { env }, { surroundings, sources }, report);
}

type TagRequest = Pick<BuildRequest, 'tag' | 'defaultRepo' | 'env'> & { readonly multiLevelRepo?: boolean };

/** What is known of the sources of an artifact. `undefined`: nothing is needed. */
interface SourceFacts {
  readonly git: (artifact: Artifact) => TagFacts['git'];
  readonly inputDigest: (artifact: Artifact) => TagFacts['inputDigest'];
}

function policyNodeOf({ configuration }: Artifact): Located | undefined {
  return valueAt(configuration.document, 'build', 'tagPolicy');
}

function policiesOf(artifacts: readonly Artifact[], report: Report): ReadonlyMap<string, TagPolicy> {
  return new Map(artifacts.map((artifact) => [artifact.image, tagPolicyOf(policyNodeOf(artifact), report)]));
}

function taggedImages(
  artifacts: readonly Artifact[],
  policies: ReadonlyMap<string, TagPolicy>,
  request: TagRequest,
  { surroundings, sources }: { readonly surroundings: Surroundings; readonly sources: SourceFacts },
  report: Report,
): ReadonlyMap<string, string> {
  const evaluate = evaluator(surroundings);
  const references = new Map<string, string>();
  const fallbacks: { found: Fallback; at: Span | undefined; imageAt: Span; images: string[] }[] = [];
  for (const artifact of artifacts) {
    const { image } = artifact;
    const policy = policies.get(image) ?? { kind: 'sha256' };
    const [git, inputDigest] = [sources.git(artifact), sources.inputDigest(artifact)];
    const facts: TagFacts = {
      now: surroundings.now,
      zones: {
        get local() {
          return surroundings.zone;
        },
        rule: readZoneRule,
      },
      environment: request.env,
      evaluate,
      ...(git && { git }),
      ...(inputDigest !== undefined && { inputDigest }),
    };
    const { value, problems } = imageName(image, policy, facts, {
      ...(request.tag !== undefined && { tag: request.tag }),
      ...(request.defaultRepo !== undefined && {
        defaultRepo: {
          repository: request.defaultRepo,
          ...(request.multiLevelRepo !== undefined && { multiLevel: request.multiLevelRepo }),
        },
      }),
    });
    const policyAt = request.tag === undefined ? policyNodeOf(artifact)?.at : undefined;
    for (const found of problems) {
      if (found.kind !== 'fallback') {
        report(tagDiagnostic(found, policyAt, artifact.at));
        continue;
      }
      const same = fallbacks.find(
        (one) => one.at === policyAt && one.found.policy === found.policy && one.found.why === found.why,
      );
      if (same) same.images.push(image);
      else fallbacks.push({ found, at: policyAt, imageAt: artifact.at, images: [image] });
    }
    if (value !== undefined) references.set(image, value);
  }
  for (const { found, at, imageAt, images } of fallbacks) report(tagDiagnostic(found, at, imageAt, images));
  return references;
}

type Fallback = Extract<TagProblem, { readonly kind: 'fallback' }>;

/** Asks Git once for all artifacts whose tags need it. */
async function factsOf(
  artifacts: readonly Artifact[],
  policies: ReadonlyMap<string, TagPolicy>,
  env: BuildRequest['env'],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, GitFacts | Unknown>> {
  const needed = [...policies.values()].map(neededFacts);
  const variants = new Set(needed.flatMap(({ git }) => [...git]));
  if (variants.size === 0) return new Map();
  const folders = [...new Set(artifacts.map(({ context }) => context))];
  const changes = needed.some((one) => one.changes);
  return await gitFacts({ folders, needed: { git: variants, changes }, environment: env, signal });
}

/** A name without a value is a mistake in a tag: the image would get a tag that nobody wants. */
function evaluator(surroundings: Surroundings): EvaluateTemplate {
  return (template, values) => {
    const result = expanded(template, new Map(Object.entries(values)), surroundings, 'error');
    if ('text' in result) return result;
    const diagnostics = result.mistakes.map(({ code, parts }) => problem(code, undefined, parts as never));
    return { problem: sentenceOf(diagnostics), ...(result.invalid && { invalid: true as const }) };
  };
}
