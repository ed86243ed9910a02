import type { HookPlace } from '../../build/hooks/build-hooks.ts';
import { failed, succeeded, type Outcome } from '../../model/outcome.ts';
import type { ImageBuilder } from '../../runtime/image-builder.ts';
import { readEnvironment } from '../read-environment.ts';
import type { SkaffoldSurroundings } from '../surroundings.ts';

/**
 * Returns the variables of commands: the environment, `skaffold.env` of the working folder, and how to reach the engine of the
 * images. The file is read by each step, because its values may be secrets and so must not be in the log. Failure:
 * `file-error`.
 */
export async function stepEnvironment(
  place: HookPlace | undefined,
  around: Pick<SkaffoldSurroundings, 'env' | 'files'>,
  images: Pick<ImageBuilder, 'environment'> | undefined,
): Promise<Outcome<SkaffoldSurroundings['env']>> {
  const { value, diagnostics } =
    place === undefined ? { value: around.env, diagnostics: [] } : await readEnvironment(place.folder, around);
  if (value === undefined)
    return failed({ code: 'file-error', detail: diagnostics.map(({ message }) => message).join('\n') });
  return succeeded({ ...value, ...images?.environment });
}
