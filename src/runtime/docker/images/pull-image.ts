import type { Work } from '../../../model/work.ts';
import type { EngineClient } from '../api/engine-client.ts';
import { asEngineLost, EngineError } from '../api/engine-error.ts';
import { parseImageReference } from '../../../registry/image-reference.ts';
import { registryAuth, type CredentialFiles } from '../../../registry/registry-credentials.ts';
import { warned } from '../../../model/warning.ts';

/** One line of the engine's report. */
interface PullReport {
  readonly id?: string;
  readonly status?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
  readonly error?: string;
  readonly errorDetail?: { readonly message?: string };
}

/** Pulls one image and reports the progress. Throws `EngineError` with the registry's message if the pull fails. */
export async function pullImage(
  engine: EngineClient,
  image: string,
  credentials: CredentialFiles,
  work: Work,
): Promise<void> {
  const reference = parseImageReference(image);
  work.output.observe({ type: 'image.pulling', image });
  const { header, problem } = await registryAuth(reference, credentials, work.signal);
  if (problem !== undefined) work.output.observe(warned('W084', `${problem}; pulling without credentials`));
  const answer = await engine.open('POST', '/images/create', {
    query: { fromImage: reference.name, tag: reference.tag },
    headers: header === undefined ? {} : { 'X-Registry-Auth': header },
    signal: work.signal,
    deadlineMs: 'never',
  });
  const progress = new PullProgress();
  for await (const line of linesOf(answer)) {
    const report = JSON.parse(line) as PullReport;
    const error = report.errorDetail?.message ?? report.error;
    if (error !== undefined) throw new EngineError(404, error);
    const sum = progress.add(report);
    if (sum) work.output.observe({ type: 'image.pulling', image, ...sum });
  }
  work.output.observe({ type: 'image.pulled', image });
}

/** Sums up the downloads of all layers. */
export class PullProgress {
  readonly #layers = new Map<string, { current: number; total: number }>();

  /** Returns the sums if the report changed them. */
  add({ id, status, progressDetail }: PullReport): { current: number; total: number } | undefined {
    if (id === undefined) return undefined;
    const known = this.#layers.get(id);
    if (status === 'Downloading' && progressDetail?.total !== undefined)
      this.#layers.set(id, { current: progressDetail.current ?? 0, total: progressDetail.total });
    // Later phases of a layer count other bytes.
    else if (known && known.current < known.total && /^(Download complete|Pull complete|Extracting)/.test(status ?? ''))
      known.current = known.total;
    else return undefined;
    const layers = [...this.#layers.values()];
    return {
      current: layers.reduce((sum, layer) => sum + layer.current, 0),
      total: layers.reduce((sum, layer) => sum + layer.total, 0),
    };
  }
}

/** Yields the non-empty lines of a report. Throws `EngineLost` if it breaks off. */
export async function* linesOf(source: AsyncIterable<Buffer>): AsyncGenerator<string, void, undefined> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const bytes of unbroken(source)) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines.filter((line) => line.trim() !== '');
  }
  if (rest.trim() !== '') yield rest;
}

async function* unbroken(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  try {
    yield* source;
  } catch (error) {
    throw asEngineLost(error);
  }
}
