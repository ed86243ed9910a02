import { checkDefinition, type CheckedPipeline } from '../../src/wharf/config/check-definition.ts';
import { readYaml } from '../../src/diagnostics/yaml/read-yaml.ts';
import type { SourceText } from '../../src/diagnostics/source-text.ts';
import type { Diagnostic } from '../../src/model/diagnostic.ts';

/** Converts the text of a `.wharf-ci.yml` to its definition synchronously. Never throws. */
export function checkPipeline(source: SourceText): CheckedPipeline {
  const found: Diagnostic[] = [];
  const root = readYaml(source, (diagnostic) => found.push(diagnostic));
  return checkDefinition(root, found);
}
