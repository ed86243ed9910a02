import type { Located } from './located.ts';
import { readPlainYaml } from './plain-yaml.ts';
import type { Report } from '../problem.ts';
import type { SourceText } from '../source-text.ts';

/**
 * Like `readYaml`, but loads the full YAML parser only if it is needed. Loading it takes as long as planning a
 * pipeline, and most files do not need it.
 */
export async function loadYaml(source: SourceText, report: Report): Promise<Located | undefined> {
  return readPlainYaml(source) ?? (await import('./read-yaml.ts')).readAnyYaml(source, report);
}
