import { basename, dirname, join } from 'node:path';
import { checkDefinition, type CheckedPipeline } from '../config/wharf/check-definition.ts';
import type { PipelineDefinition } from '../config/wharf/definition.ts';
import { readPlainYaml } from '../diagnostics/plain-yaml.ts';
import type { SourceText } from '../diagnostics/source-text.ts';
import type { Checked, Diagnostic } from '../model/diagnostic.ts';
import { locatePipeline, pipelineFile, type PipelineFiles, type PipelineLocation } from './locate-pipeline.ts';
import { readSource, unreadable } from './read-source.ts';

/** What a path on the command line led to. */
export interface ReadDefinition {
  readonly location: PipelineLocation;
  /** Absent where there is no file, or none that can be read. */
  readonly text?: string;
  /** Absent where it has mistakes. */
  readonly definition?: PipelineDefinition;
  /** See `CheckedPipeline`. */
  readonly rest?: PipelineDefinition;
  readonly diagnostics: readonly Diagnostic[];
}

/** @param path absolute: the folder that holds the file, or the file itself */
export async function readDefinition(path: string, files: PipelineFiles): Promise<ReadDefinition> {
  const located = await locate(path, files);
  if (!located.value) return { location: guessedLocation(path), diagnostics: located.diagnostics };
  const { directory, file } = located.value;
  const read = await readSource(join(directory, file), file, files);
  if (!read.value) return { location: located.value, diagnostics: read.diagnostics };
  const { value: definition, rest, diagnostics } = await checkSource(read.value);
  return { location: located.value, text: read.value.text, ...(definition && { definition }), ...(rest && { rest }), diagnostics };
}

/** The parser of all of YAML takes as long to load as the rest of the way to a plan; most files never need it. */
async function checkSource(source: SourceText): Promise<CheckedPipeline> {
  const plain = readPlainYaml(source);
  return plain ? checkDefinition(() => plain) : (await import('../config/wharf/check-pipeline.ts')).checkPipeline(source);
}

async function locate(path: string, files: PipelineFiles): Promise<Checked<PipelineLocation>> {
  try {
    return await locatePipeline(path, files);
  } catch (error) {
    return { diagnostics: [unreadable(path, error)] };
  }
}

/** Where nothing was found, the run that is recorded as failed still has a name. */
function guessedLocation(path: string): PipelineLocation {
  const directory = /\.ya?ml$/i.test(path) ? dirname(path) : path;
  return { name: basename(directory) || directory, directory, file: pipelineFile };
}
