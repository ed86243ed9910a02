import { problem } from '../problem.ts';
import type { Checked, Diagnostic } from '../../model/diagnostic.ts';
import type { VariableFilePlace } from '../vars/variable-file-places.ts';
import type { VariableSource } from '../vars/variables.ts';
import type { SourceFiles } from '../../util/source-files.ts';
import { detailOf, plantedBy, readSource, unreadable } from '../../diagnostics/read-source.ts';

/**
 * Reads every existing `.wharf-vars.yml` in the order of the places. The one beside the configuration belongs to the
 * project, so it must be readable. For others, an unreadable file or one that another user may have planted is only a
 * warning (docs/wharf-ci.md, "Files of others").
 */
export async function readVariableFiles(
  places: readonly VariableFilePlace[],
  files: SourceFiles,
): Promise<Checked<readonly VariableSource[]>> {
  const read = await Promise.all(places.map(async (place) => await readPlace(place, files)));
  return {
    value: read.map(({ value }) => value ?? new Map()),
    diagnostics: read.flatMap(({ diagnostics }) => diagnostics),
  };
}

async function readPlace(place: VariableFilePlace, files: SourceFiles): Promise<Checked<VariableSource>> {
  const { path, name, beside, above } = place;
  const refuse = beside ? unreadable : leftOut;
  try {
    const kind = await files.kind(path);
    if (kind === undefined) return { diagnostics: [] };
    if (kind === 'folder') return { diagnostics: [refuse(name, 'is a folder')] };
    const other = beside || above ? await files.ownerOfPlanted(path, beside ? 'project' : 'above') : undefined;
    if (other !== undefined) return { diagnostics: [leftOut(name, plantedBy(other))] };
  } catch (error) {
    return { diagnostics: [refuse(name, error)] };
  }
  const source = await readSource(path, name, files, refuse);
  if (!source.value) return { diagnostics: source.diagnostics };
  const { readVariableFile } = await import('../vars/variable-file.ts');
  const diagnostics: Diagnostic[] = [];
  const value = readVariableFile(source.value, (diagnostic) => diagnostics.push(diagnostic));
  return { value, diagnostics };
}

function leftOut(file: string, why: unknown): Diagnostic {
  return problem('W045', { file, line: 1, column: 1 }, { detail: detailOf(why) });
}
