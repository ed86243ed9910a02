import { basename, dirname, join } from 'node:path';
import { checkDefinition } from '../config/check-definition.ts';
import type { PipelineDefinition } from '../config/definition.ts';
import type { WrittenPassword } from '../../secrets/written-password.ts';
import { writtenPasswords } from '../config/written-passwords.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import { loadYaml } from '../../diagnostics/yaml/load-yaml.ts';
import type { Checked, Diagnostic } from '../../model/diagnostic.ts';
import { locatePipeline, pipelineFile, type PipelineLocation } from './locate-pipeline.ts';
import type { SourceFiles } from '../../util/source-files.ts';
import { plantedBy, readSource, unreadable } from '../../diagnostics/read-source.ts';

/** What was found at a path on the command line. */
export interface ReadDefinition {
  /** Whether a pipeline exists at the path. */
  readonly found: boolean;
  readonly location: PipelineLocation;
  /** Absent if the file is missing or unreadable. */
  readonly text?: string;
  /** Absent if the file is invalid. */
  readonly definition?: PipelineDefinition;
  /** See `CheckedPipeline`. */
  readonly rest?: PipelineDefinition;
  /** The passwords in the file, as far as they can be found. Messages must not show them. */
  readonly passwords: readonly WrittenPassword[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * @param path absolute path of the file or its folder
 */
export async function readDefinition(path: string, files: SourceFiles): Promise<ReadDefinition> {
  const located = await locate(path, files);
  if (!located.value)
    return { found: false, location: guessedLocation(path), passwords: [], diagnostics: located.diagnostics };
  const { directory, file } = located.value;
  const read = await readOwn(join(directory, file), file, files);
  if (!read.value) return { found: true, location: located.value, passwords: [], diagnostics: read.diagnostics };
  const source = read.value;
  const reported: Diagnostic[] = [];
  const root = await loadYaml(source, (diagnostic) => reported.push(diagnostic));
  const { value: definition, rest, diagnostics } = checkDefinition(root, reported);
  return {
    found: true,
    location: located.value,
    text: source.text,
    passwords: writtenPasswords(source, root),
    ...(definition && { definition }),
    ...(rest && { rest }),
    diagnostics,
  };
}

/** In a shared folder such as `/tmp`, the file must belong to the user (docs/wharf-ci.md, "Files of others"). */
async function readOwn(path: string, name: string, files: SourceFiles): Promise<Checked<SourceText>> {
  try {
    const other = await files.ownerOfPlanted(path, 'project');
    if (other !== undefined) return { diagnostics: [unreadable(name, plantedBy(other))] };
  } catch (error) {
    return { diagnostics: [unreadable(name, error)] };
  }
  return await readSource(path, name, files);
}

async function locate(path: string, files: SourceFiles): Promise<Checked<PipelineLocation>> {
  try {
    return await locatePipeline(path, files);
  } catch (error) {
    return { diagnostics: [unreadable(path, error)] };
  }
}

/** Names the run that is recorded as failed if no pipeline was found. */
function guessedLocation(path: string): PipelineLocation {
  const directory = /\.ya?ml$/i.test(path) ? dirname(path) : path;
  return { name: basename(directory) || directory, directory, file: pipelineFile };
}
