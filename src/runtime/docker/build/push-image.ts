import type { Work } from '../../../model/work.ts';
import type { ImagePush } from '../../image-builder.ts';
import { EngineError } from '../api/engine-error.ts';
import type { EngineSession } from '../api/engine-session.ts';
import { parseImageReference } from '../../../registry/image-reference.ts';
import { headerJson } from '../../../registry/registry-credentials.ts';
import { errorOf, reportsOf, type BuildReport } from './build-report.ts';
import { credentialsToPush } from './registry-login.ts';
import { warned } from '../../../model/warning.ts';

/**
 * Pushes one name of an image and returns the digest of its manifest in the registry. Throws `EngineError` with the
 * registry's message if the registry refuses.
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
  if (problem !== undefined) work.output.observe(warned('W084', `${problem}; pushing without credentials`));
  const answer = await session.engine.open('POST', `/images/${reference.name}/push`, {
    query: { tag: reference.tag, ...(session.flavor === 'podman' && push.insecure && { tlsVerify: false }) },
    // Docker requires the header even without credentials.
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
  if (digest === undefined) throw new EngineError(500, 'the engine did not report the digest of the pushed image');
  return digest;
}

/** Returns the digest from a report. Docker reports it as a field and as text, Podman as text or as its last line. */
export function digestOf({ aux, status, stream }: BuildReport): string | undefined {
  const { Digest: told } = (typeof aux === 'object' && aux !== null ? aux : {}) as { Digest?: unknown };
  if (typeof told === 'string') return told;
  return /digest: (sha256:[0-9a-f]{64})/.exec(status ?? stream ?? '')?.[1];
}

/** Sums up the sent bytes of all layers. */
class PushProgress {
  readonly #layers = new Map<string, { current: number; total: number }>();

  /** Returns the sums if the report changed them. */
  add({ id, status, progressDetail }: BuildReport): { current: number; total: number } | undefined {
    if (id === undefined) return undefined;
    const known = this.#layers.get(id);
    if (status === 'Pushing' && progressDetail?.total !== undefined) {
      // Compression makes the sent size slightly larger than the layer.
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
