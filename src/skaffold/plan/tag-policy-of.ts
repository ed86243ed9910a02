import {
  defaultDateTime,
  defaultGitCommit,
  gitVariant,
  type SimplePolicy,
  type TagPolicy,
} from '../../build/tagging/tag-policy.ts';
import type { Report } from '../../diagnostics/problem.ts';
import { entryOf, itemsOf, textAt, valueAt } from '../../diagnostics/yaml/edit.ts';
import type { Located } from '../../diagnostics/yaml/located.ts';
import { problem } from '../problem.ts';

/**
 * Reads `build.tagPolicy`. Reports templates that are nested. Uses the default for a variant that does not exist, which
 * `checkRules` has reported.
 */
export function tagPolicyOf(node: Located | undefined, report: Report): TagPolicy {
  const custom = valueAt(node, 'customTemplate');
  if (!custom) return simplePolicyOf(node);
  return {
    kind: 'customTemplate',
    template: textAt(custom, 'template') ?? '',
    components: itemsOf(valueAt(custom, 'components')).map((component) => {
      const nested = entryOf(component, 'customTemplate');
      if (nested) report(problem('S027', nested.keyAt, { field: 'components', written: 'customTemplate', expected }));
      return { name: textAt(component, 'name') ?? '', policy: simplePolicyOf(component) };
    }),
  };
}

const expected = 'other tag policies: they cannot be nested';

function simplePolicyOf(node: Located | undefined): SimplePolicy {
  const dateTime = valueAt(node, 'dateTime');
  if (dateTime)
    return {
      kind: 'dateTime',
      format: textAt(dateTime, 'format') ?? defaultDateTime.format,
      timezone: textAt(dateTime, 'timezone') ?? defaultDateTime.timezone,
    };
  const template = valueAt(node, 'envTemplate');
  if (template) return { kind: 'envTemplate', template: textAt(template, 'template') ?? '' };
  if (valueAt(node, 'sha256')) return { kind: 'sha256' };
  if (valueAt(node, 'inputDigest')) return { kind: 'inputDigest' };
  const git = valueAt(node, 'gitCommit');
  const variant = gitVariant(textAt(git, 'variant') ?? '');
  return {
    kind: 'gitCommit',
    variant: variant ?? defaultGitCommit.variant,
    prefix: textAt(git, 'prefix') ?? '',
    ignoreChanges: textAt(git, 'ignoreChanges') === 'true',
  };
}
