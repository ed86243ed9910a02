import { editMaps, entryOf, list, mapFrom, scalar, withEntry } from '../../../diagnostics/yaml/edit.ts';
import type { LocatedEntry, LocatedMap } from '../../../diagnostics/yaml/located.ts';
import type { Report } from '../../../diagnostics/problem.ts';
import { quoted } from '../../../util/visible.ts';
import { mapOf, text } from '../shape/shape.ts';
import type { ConfigVersion } from './config-version.ts';
import { eachPipeline } from './each-pipeline.ts';
import { problem } from './version-problem.ts';

export const v1beta9: ConfigVersion = {
  name: 'v1beta9',
  changes: {
    Artifact: { fields: { sync: { shape: mapOf(text), keepsZero: true } }, without: ['custom'] },
    Sync: null,
    SyncRule: null,
    CustomArtifact: null,
    CustomDependencies: null,
    DockerfileDependency: null,
    DockerArtifact: { without: ['network', 'noCache'] },
  },
  upgrade: (document, report) =>
    eachPipeline(document, (pipeline) =>
      editMaps(pipeline, ['build', 'artifacts', '*'], (artifact) => withSyncRules(artifact, report)),
    ),
};

function withSyncRules(artifact: LocatedMap, report: Report): LocatedMap {
  const sync = entryOf(artifact, 'sync')?.value;
  if (sync?.kind !== 'map' || sync.entries.length === 0) return artifact;
  const rules = sync.entries.map((entry) => ruleOf(entry, report));
  return withEntry(artifact, 'sync', mapFrom({ manual: list(rules, sync.at) }, sync.at));
}

function ruleOf({ key: pattern, keyAt, value: destination }: LocatedEntry, report: Report): LocatedMap {
  const dest = destination.kind === 'scalar' ? destination.text : '';
  const rule = syncRule(pattern, dest);
  if (rule.flattened)
    report(
      problem('S041', keyAt, {
        field: `the pattern ${quoted(pattern)} of \`sync\``,
        effect: 'keeps folders in newer versions, and copied all files into one folder before',
        help: 'check where the files go, or write one pattern for each folder',
      }),
    );
  return mapFrom(
    {
      src: scalar(rule.src, keyAt),
      dest: rule.dest === dest ? destination : scalar(rule.dest, destination.at),
      strip: rule.strip === '' ? undefined : scalar(rule.strip, keyAt),
    },
    keyAt,
  );
}

export interface SyncRule {
  readonly src: string;
  readonly dest: string;
  readonly strip: string;
  /** Whether the old meaning cannot be expressed: files of several folders went to one folder. */
  readonly flattened?: true;
}

/** A folder without `*`, and a file name with at most one `*`. */
const simplePattern = /^([^*]*\/)?(?:[^*/]*\*[^*/]*|[^*/]+)$/;

/**
 * Returns the rule that copies the same files to the same places as an entry of the old map. The old map dropped the folder
 * of a file, and kept only the folders that `***` stands for.
 */
export function syncRule(pattern: string, dest: string): SyncRule {
  const simple = simplePattern.exec(pattern);
  if (simple) return { src: pattern, ...withoutCommonEnd(dest, simple[1] ?? '') };
  const [folder, ...rest] = pattern.split('***');
  if (folder !== undefined && rest.length > 0)
    return { src: pattern.replaceAll('***', '**'), ...withoutCommonEnd(dest, folder) };
  return { src: pattern, dest, strip: '', flattened: true };
}

/** Drops `strip` where the destination ends with it: stripping and adding the same folder is no change. */
function withoutCommonEnd(dest: string, strip: string): { readonly dest: string; readonly strip: string } {
  if (strip === '' || strip === '/' || dest === '') return { dest, strip };
  const folder = dest.endsWith('/') ? dest : `${dest}/`;
  if (!folder.endsWith(strip)) return { dest, strip };
  const common = strip.startsWith('/') ? strip.slice(1) : strip;
  return { dest: folder.slice(0, folder.length - common.length) || '.', strip: '' };
}
