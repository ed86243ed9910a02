import { succeeded, type Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import { statusArguments, type ReleaseCall } from './helm-arguments.ts';
import { sourceOf } from './prepare-release.ts';
import { readReleaseJson, type ReleaseJson } from './release-json.ts';
import { helmOutcome, runHelm, type HelmProgram } from './run-helm.ts';

/**
 * Returns the last revision of a release, or `undefined` if there is none. Failures: `exit-nonzero`, `forbidden`, `runtime-lost`,
 * `start-failed`.
 */
export async function installedRelease(
  call: ReleaseCall,
  program: HelmProgram,
  work: Work,
): Promise<Outcome<ReleaseJson | undefined>> {
  const { release } = call;
  const end = await runHelm(program, statusArguments(call), work, { quiet: true });
  if (end.outcome.status === 'failed' && /release: not found\s*$/.test(end.stderr)) return succeeded(undefined);
  // The question was quiet because the release may not exist. Other messages are output.
  if (end.stderr !== '') await work.output.write('stderr', Buffer.from(end.stderr));
  const status = helmOutcome(end, `helm status ${release.name}`);
  return status.status === 'succeeded' ? readReleaseJson(status.value, sourceOf(release)) : status;
}
