import type { Checked } from '../../model/diagnostic.ts';
import type { SourceFiles } from '../../util/source-files.ts';
import { withMentionsIn, type Mentions } from './mentions.ts';
import { readVariableFiles } from './variable-files.ts';
import { flagVariables, runNumberVariable, type VariableFlags } from '../vars/flag-variables.ts';
import { processVariables } from '../vars/process-variables.ts';
import { variableFilePlaces, type UserFolders } from '../vars/variable-file-places.ts';
import type { VariableSource } from '../vars/variables.ts';

export interface OuterVariablesRequest {
  /** The configuration's folder. */
  readonly directory: string;
  readonly mentions: Mentions;
  readonly flags: VariableFlags;
  /** Returns the run's number. Called only if `BUILD_REF` is mentioned and not defined otherwise. */
  readonly runNumber: () => Promise<number>;
  /** Whether overridden variables are wanted too. */
  readonly all?: boolean;
}

/** The environment of a pipeline on this machine. */
export interface OuterPlaces extends UserFolders {
  readonly files: SourceFiles;
}

/**
 * Returns the variables from outside the configuration, strongest first (docs/design/wharf.md, "Variables"): flags,
 * `WHARF_VAR_NAME`, variables files, the local Git, the number of the run. Expensive ones are read only if they are
 * mentioned and no stronger source defines them: all of Slipway's own work in a `run` should take at most half as long
 * as its containers.
 */
export async function outerVariables(
  { directory, mentions, flags, runNumber, all = false }: OuterVariablesRequest,
  around: OuterPlaces,
): Promise<Checked<readonly VariableSource[]>> {
  const read = await readVariableFiles(variableFilePlaces(directory, around), around.files);
  const cheap: readonly VariableSource[] = [flagVariables(flags), processVariables(around.env), ...(read.value ?? [])];
  const mentioned = withMentionsIn(
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
  environment: OuterPlaces['env'],
): Promise<VariableSource> {
  const { gitVariables } = await import('../../workspace/git/git-variables.ts');
  const found = await gitVariables({ directory, wanted, environment, signal: new AbortController().signal });
  return new Map([...found].map(([name, text]) => [name, { name, value: text, text, source: 'Git', literal: true }]));
}
