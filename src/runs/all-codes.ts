import { yamlCodes } from '../diagnostics/codes.ts';
import type { FrontEnd } from '../engine/front-end.ts';
import type { CodeTable } from '../model/diagnostic.ts';
import { operatorCodes } from '../operator/operator-codes.ts';
import { secretCodes } from './secrets/secret-codes.ts';
import { warningCodes } from './warning-codes.ts';

/** Returns every diagnostic code, in order. */
export async function allCodes(frontEnd: Pick<FrontEnd, 'codes'>): Promise<CodeTable> {
  const codes: CodeTable = {
    ...yamlCodes,
    ...operatorCodes,
    ...secretCodes,
    ...warningCodes,
    ...(await frontEnd.codes()),
  };
  return Object.fromEntries(Object.entries(codes).sort(([a], [b]) => (a < b ? -1 : 1)));
}
