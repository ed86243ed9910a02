import type { Variable, VariableSource } from './variables.ts';

/** The variables that command line flags define (docs/design/wharf.md, "Variables"). */
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

/** Returns the default of `BUILD_REF`: the number of the run within its project. */
export function runNumberVariable(number: number): VariableSource {
  return new Map([
    ['BUILD_REF', { name: 'BUILD_REF', value: number, text: String(number), source: 'number of the run' }],
  ]);
}

/** Ids are numbers upstream. Other ids are strings. */
function idVariable(name: string, text: string, source: string): Variable {
  return { name, value: /^(?:0|[1-9]\d{0,14})$/.test(text) ? Number(text) : text, text, source };
}
