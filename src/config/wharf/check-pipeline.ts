import { readYaml } from '../../diagnostics/read-yaml.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import { checkDefinition, type CheckedPipeline } from './check-definition.ts';

/** The text of a `.wharf-ci.yml` to its definition, or every mistake in it. Never throws, whatever the text is. */
export function checkPipeline(source: SourceText): CheckedPipeline {
  return checkDefinition((report) => readYaml(source, report));
}
