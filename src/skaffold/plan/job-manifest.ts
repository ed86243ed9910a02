import type { KubernetesObject } from '../../deploy/kubernetes-object.ts';
import { parseManifests } from '../../deploy/manifests/parse-manifests.ts';
import { detailOf } from '../../diagnostics/read-source.ts';
import type { SourceFiles } from '../../util/source-files.ts';
import { quoted } from '../../util/visible.ts';

/** A mistake in the file of a job. Without a line it is about the whole file. */
export interface JobManifestProblem {
  readonly why: string;
  readonly line?: number;
  readonly column?: number;
}

/**
 * Reads the file of `jobManifestPath`, which has one Job of `batch/v1`.
 * @param name the name of the file in messages
 */
export async function readJobManifest(
  path: string,
  name: string,
  files: Pick<SourceFiles, 'kind' | 'read'>,
): Promise<{ readonly job: KubernetesObject } | { readonly problems: readonly JobManifestProblem[] }> {
  let text: string;
  try {
    if ((await files.kind(path)) === undefined) return { problems: [{ why: 'the file does not exist' }] };
    text = new TextDecoder('utf-8', { fatal: true }).decode(await files.read(path));
  } catch (error) {
    return { problems: [{ why: error instanceof TypeError ? 'it is not UTF-8 text' : detailOf(error) }] };
  }
  return jobIn(text, name);
}

/** Returns the job of a text. */
export function jobIn(
  text: string,
  name: string,
): { readonly job: KubernetesObject } | { readonly problems: readonly JobManifestProblem[] } {
  const { manifests, problems } = parseManifests(text, name);
  if (problems.length > 0)
    return { problems: problems.map(({ line, column, message }) => ({ line, column, why: message })) };
  const [first, ...others] = manifests.map(({ object }) => object);
  if (first === undefined) return { problems: [{ why: 'it is empty' }] };
  if (others.length > 0) return { problems: [{ why: `it has ${manifests.length} objects instead of one Job` }] };
  if (first.apiVersion === 'batch/v1' && first.kind === 'Job') return { job: first };
  return { problems: [{ why: `it has ${quoted(`${first.apiVersion} ${first.kind}`)} instead of a \`batch/v1 Job\`` }] };
}
