import type { Checked } from '../../model/diagnostic.ts';
import type { PipelineFiles } from './locate-pipeline.ts';
import { alsoIn, type Mentions } from './mentions.ts';
import { readVariableFiles } from './variable-files.ts';
import { flagVariables, runNumberVariable, type VariableFlags } from '../vars/flag-variables.ts';
import { processVariables } from '../vars/process-variables.ts';
import { variableFilePlaces, type UserFolders } from '../vars/variable-file-places.ts';
import type { VariableSource } from '../vars/variables.ts';

export interface OuterRequest {
  /** The configuration's folder. */
  readonly directory: string;
  readonly mentions: Mentions;
  readonly flags: VariableFlags;
  /** Asked for only where `BUILD_REF` is mentioned, and nothing else says what it is. */
  readonly runNumber: () => Promise<number>;
  /** Wants also what stronger variables hide. */
  readonly all?: boolean;
}

/** What there is around a pipeline on this machine. */
export interface Around extends UserFolders {
  readonly files: PipelineFiles;
}

/**
 * Variables that come from outside of the configuration, strongest first (docs/design/wharf.md, "Variables"): flags,
 * `WHARF_VAR_NAME`, files of variables, the local Git, the number of the run. What costs something is only asked for
 * where it is mentioned and nothing stronger defines it; a whole `run` may take half as long again as its containers.
 */
export async function outerVariables(
  { directory, mentions, flags, runNumber, all = false }: OuterRequest,
  around: Around,
): Promise<Checked<readonly VariableSource[]>> {
  const read = await readVariableFiles(variableFilePlaces(directory, around), around.files);
  const cheap: readonly VariableSource[] = [flagVariables(flags), processVariables(around.env), ...(read.value ?? [])];
  const mentioned = alsoIn(
    mentions,
    cheap.flatMap((source) => [...source.values()].map(({ text }) => text)),
  );
  const wanted = (name: string) => all || (mentioned.name(name) && !cheap.some((source) => source.has(name)));
  const [git, number] = await Promise.all([
    fromGit(directory, wanted, around.env),
    wanted('BUILD_REF') ? runNumber() : undefined,
  ]);
  return {
    value: [...cheap, git, ...(number === undefined ? [] : [runNumberVariable(number)])],
    diagnostics: read.diagnostics,
  };
}

async function fromGit(
  directory: string,
  wanted: (name: string) => boolean,
  environment: Around['env'],
): Promise<VariableSource> {
  const { gitVariables } = await import('../../workspace/git/git-variables.ts');
  const found = await gitVariables({ directory, wanted, environment, signal: new AbortController().signal });
  return new Map([...found].map(([name, text]) => [name, { name, value: text, text, source: 'Git', literal: true }]));
}
