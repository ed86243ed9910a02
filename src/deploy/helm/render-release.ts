import { failed, type Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import type { Manifest } from '../kubernetes-object.ts';
import { dryRunArguments, templateArguments, type HelmCall } from './helm-arguments.ts';
import { sourceOf } from './prepare-release.ts';
import { manifestsOf, readReleaseJson, type ReleaseJson } from './release-json.ts';
import { helmOutcome, lastError, runHelm, type HelmEnd, type HelmProgram } from './run-helm.ts';

/** Renders a release without a cluster: objects, and then hooks. Failures: `render-failed`, `start-failed`. */
export async function templatedRelease(
  call: HelmCall,
  program: HelmProgram,
  work: Work,
): Promise<Outcome<readonly Manifest[]>> {
  const end = await runHelm(program, templateArguments(call), work);
  const rendered = renderOutcome(end, call, 'template');
  return rendered.status === 'succeeded' ? manifestsOf(rendered.value, sourceOf(call.release)) : rendered;
}

/**
 * Renders a release as the cluster would get it, and changes nothing there. Failures: `render-failed`, `forbidden`, `runtime-lost`,
 * `start-failed`.
 */
export async function plannedRelease(
  call: HelmCall,
  installed: boolean,
  program: HelmProgram,
  work: Work,
): Promise<Outcome<ReleaseJson>> {
  const end = await runHelm(program, dryRunArguments(call, installed), work);
  const rendered = renderOutcome(end, call, 'upgrade --dry-run');
  return rendered.status === 'succeeded' ? readReleaseJson(rendered.value, sourceOf(call.release)) : rendered;
}

function renderOutcome(end: HelmEnd, { release }: HelmCall, command: string): Outcome<string> {
  const rendered = helmOutcome(end, `helm ${command} ${release.name}`);
  if (rendered.status !== 'failed' || rendered.failure.code !== 'exit-nonzero' || rendered.failure.signal !== undefined)
    return rendered;
  return failed({ code: 'render-failed', source: sourceOf(release), detail: lastError(end.stderr) });
}
