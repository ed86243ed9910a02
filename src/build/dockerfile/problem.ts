import { problemsOf } from '../../diagnostics/problem.ts';
import { dockerfileCodes } from './dockerfile-codes.ts';

/** Returns the diagnostic of a code that a Dockerfile can have. */
export const problem = problemsOf(dockerfileCodes);
