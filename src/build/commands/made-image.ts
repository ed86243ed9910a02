import { failed, succeeded, type Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import type { ArtifactBuild, BuiltArtifact, PushTarget } from '../builder.ts';

/** What builders that run a command depend on outside of their artifact. */
export interface CommandSurroundings {
  /** The environment of the command. Its `DOCKER_HOST` is the engine that `find` asks. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /**
   * Returns an image, or `undefined` if it does not exist: of its registry if it was pushed, else of the engine.
   */
  find(reference: string, push: PushTarget | undefined, work: Work): Promise<Outcome<BuiltArtifact | undefined>>;
}

/** Returns the image that a command has made. A command can succeed without it: failure `build-failed`. */
export async function madeImage(
  { reference, push }: ArtifactBuild,
  around: CommandSurroundings,
  work: Work,
): Promise<Outcome<BuiltArtifact>> {
  const found = await around.find(reference, push, work);
  if (found.status !== 'succeeded') return found;
  const { value: image } = found;
  if (image === undefined) {
    const where = push ? 'the registry does not have' : 'the engine does not have';
    return failed({ code: 'build-failed', detail: `the command succeeded, but ${where} ${reference}` });
  }
  return succeeded(reported(image, reference, work));
}

/** Observes an image that a command has made, and returns it. */
export function reported(image: BuiltArtifact, reference: string, work: Work): BuiltArtifact {
  const { id, digest } = image;
  if (id !== undefined) work.output.observe({ type: 'image.built', id });
  if (digest !== undefined) work.output.observe({ type: 'image.pushed', image: reference, digest });
  return image;
}
