import type { Located } from './located.ts';
import { readPlainYaml } from './plain-yaml.ts';
import type { Report } from '../problem.ts';
import type { SourceText } from '../source-text.ts';

/**
 * As `readYaml`, for whoever is on the way to a plan: the parser of all of YAML takes as long to load as the rest of
 * that way, and most files never need it.
 */
export async function yamlRoot(source: SourceText, report: Report): Promise<Located | undefined> {
  return readPlainYaml(source) ?? (await import('./read-yaml.ts')).readAnyYaml(source, report);
}
