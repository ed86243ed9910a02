import { yamlCodes } from '../diagnostics/codes.ts';
import { problemsOf } from '../diagnostics/problem.ts';
import { operatorCodes } from '../operator/operator-codes.ts';
import { pipelineCodes } from './codes/pipeline.ts';
import { selectionCodes } from './codes/selection.ts';
import { stepCodes } from './codes/steps.ts';
import { valueCodes } from './codes/values.ts';
import { variableCodes } from './codes/variables.ts';

/** The codes of `.wharf-ci.yml`. */
export const wharfCodes = { ...pipelineCodes, ...valueCodes, ...variableCodes, ...selectionCodes, ...stepCodes };

/** Returns the diagnostic of a code that a pipeline can have. */
export const problem = problemsOf({ ...yamlCodes, ...operatorCodes, ...wharfCodes });
