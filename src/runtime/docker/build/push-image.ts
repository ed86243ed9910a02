import type { Work } from '../../../model/work.ts';
import type { ImagePush } from '../../image-builder.ts';
import { EngineError } from '../api/engine-error.ts';
import type { EngineSession } from '../api/engine-session.ts';
import { parseImageReference } from '../../../registry/image-reference.ts';
import { headerJson } from '../../../registry/registry-credentials.ts';
import { errorOf, reportsOf, type BuildReport } from './build-report.ts';
import { credentialsToPush } from './registry-login.ts';

/**
 * Pushes one name of an image; the digest of its manifest in the registry. `EngineError` in the registry's words where
 * it is refused.
 */
export async function pushImage(session: EngineSession, push: ImagePush, work: Work): Promise<string> {
  const reference = parseImageReference(push.reference);
  const image = push.reference;
  work.output.observe({ type: 'image.pushing', image });
  const { credentials, problem } = await credentialsToPush(reference, {
    login: push.login,
    own: session.credentials,
    signal: work.signal,
  });
  if (problem !== undefined)
    work.output.observe({ type: 'noted', level: 'warning', message: `${problem}; pushing without credentials` });
  const answer = await session.engine.open('POST', `/images/${reference.name}/push`, {
    query: { tag: reference.tag, ...(session.flavor === 'podman' && push.insecure && { tlsVerify: false }) },
    // Docker wants one in any case.
    headers: { 'X-Registry-Auth': headerJson(credentials ?? {}) },
    signal: work.signal,
    deadlineMs: 'never',
  });
  const progress = new PushProgress();
  let digest: string | undefined;
  for await (const report of reportsOf(answer)) {
    const error = errorOf(report);
    if (error !== undefined) throw new EngineError(500, error);
    digest = digestOf(report) ?? digest;
    const sum = progress.add(report);
    if (sum) work.output.observe({ type: 'image.pushing', image, ...sum });
  }
  if (digest === undefined)
    throw new EngineError(500, 'the engine did not say which digest the image has in the registry');
  return digest;
}

/** Docker says it in a field of its own and as text; Podman as text, or as the last thing that it says. */
export function digestOf({ aux, status, stream }: BuildReport): string | undefined {
  const { Digest: told } = (typeof aux === 'object' && aux !== null ? aux : {}) as { Digest?: unknown };
  if (typeof told === 'string') return told;
  return /digest: (sha256:[0-9a-f]{64})/.exec(status ?? stream ?? '')?.[1];
}

/** Adds up what is sent of each layer. */
class PushProgress {
  readonly #layers = new Map<string, { current: number; total: number }>();

  /** The sums, if the report changed them. */
  add({ id, status, progressDetail }: BuildReport): { current: number; total: number } | undefined {
    if (id === undefined) return undefined;
    const known = this.#layers.get(id);
    if (status === 'Pushing' && progressDetail?.total !== undefined) {
      // What is sent is a little more than the layer, being packed.
      this.#layers.set(id, {
        current: Math.min(progressDetail.current ?? 0, progressDetail.total),
        total: progressDetail.total,
      });
    } else if (known && status === 'Pushed') known.current = known.total;
    else return undefined;
    const layers = [...this.#layers.values()];
    return {
      current: layers.reduce((sum, layer) => sum + layer.current, 0),
      total: layers.reduce((sum, layer) => sum + layer.total, 0),
    };
  }
}
