import { EngineError } from '../api/engine-error.ts';
import type { EngineSession } from '../api/engine-session.ts';
import { errorOf, reportsOf } from './build-report.ts';

/** Loads the image of an archive. Returns its name or id. Throws `EngineError` if the engine refuses the archive. */
export async function loadImage(
  session: EngineSession,
  archive: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<string> {
  const answer = await session.engine.open('POST', '/images/load', {
    query: { quiet: '1' },
    tar: archive,
    answersWhileSent: true,
    signal,
    deadlineMs: 'never',
  });
  let loaded: string | undefined;
  for await (const report of reportsOf(answer)) {
    const error = errorOf(report);
    if (error !== undefined) throw new EngineError(500, error);
    loaded ??= loadedImage(report.stream ?? '');
  }
  if (loaded === undefined) throw new EngineError(500, 'the archive has no image');
  return loaded;
}

/** Returns the first image in a line of the report. An archive without names is reported by id, and Podman joins names. */
export function loadedImage(line: string): string | undefined {
  return /Loaded image(?: ID)?: ([^\s,]+)/.exec(line)?.[1];
}
