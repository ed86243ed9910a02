import type { Variable, VariableSource } from './variables.ts';

/** What flags of the command line define (docs/design/wharf.md, "Variables"). */
export interface VariableFlags {
  /** `BUILD_REF` */
  readonly buildId?: string;
  /** `PROJECT_ID` */
  readonly projectId?: string;
}

export function flagVariables({ buildId, projectId }: VariableFlags): VariableSource {
  const found = [
    ...(buildId === undefined ? [] : [idVariable('BUILD_REF', buildId, '--build-id')]),
    ...(projectId === undefined ? [] : [idVariable('PROJECT_ID', projectId, '--project-id')]),
  ];
  return new Map(found.map((variable) => [variable.name, variable]));
}

/** Where nothing else says what `BUILD_REF` is, it is the number that the run has within its project. */
export function runNumberVariable(number: number): VariableSource {
  return new Map([
    ['BUILD_REF', { name: 'BUILD_REF', value: number, text: String(number), source: 'number of the run' }],
  ]);
}

/** Ids were numbers upstream; others have theirs in words. */
function idVariable(name: string, text: string, source: string): Variable {
  return { name, value: /^(?:0|[1-9]\d{0,14})$/.test(text) ? Number(text) : text, text, source };
}
