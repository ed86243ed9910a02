import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { readSource } from '../diagnostics/read-source.ts';
import type { Checked } from '../model/diagnostic.ts';
import type { SkaffoldSurroundings } from './surroundings.ts';

/** The file in the working folder with variables for flags, activations, templates and commands. */
const environmentFile = 'skaffold.env';

/**
 * Returns the environment with the variables of `skaffold.env`, which do not replace others.
 * @param folder the working folder. Absolute
 */
export async function readEnvironment(
  folder: string,
  { env, files }: Pick<SkaffoldSurroundings, 'env' | 'files'>,
): Promise<Checked<SkaffoldSurroundings['env']>> {
  const path = join(folder, environmentFile);
  if ((await files.kind(path)) !== 'file') return { value: env, diagnostics: [] };
  const { value: source, diagnostics } = await readSource(path, environmentFile, files);
  return { diagnostics, ...(source && { value: { ...parseEnv(source.text), ...env } }) };
}
