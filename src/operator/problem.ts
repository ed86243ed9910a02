import { yamlCodes } from '../diagnostics/codes.ts';
import { problemsOf } from '../diagnostics/problem.ts';
import { operatorCodes } from './operator-codes.ts';

/** Returns the diagnostic of a code that the operator's file, or a name from it, can have. */
export const problem = problemsOf({ ...yamlCodes, ...operatorCodes });
