import { problemsOf } from '../../../diagnostics/problem.ts';
import { versionCodes } from '../../codes/versions.ts';

/** Returns the diagnostic of a code that the upgrade of an older version can have. */
export const problem = problemsOf(versionCodes);
