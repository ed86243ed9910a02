import { yamlCodes } from '../diagnostics/codes.ts';
import type { FrontEnd } from '../engine/front-end.ts';
import type { CodeTable } from '../model/diagnostic.ts';
import { operatorCodes } from '../operator/operator-codes.ts';
import { secretCodes } from './secrets/secret-codes.ts';
import { warningCodes } from './warning-codes.ts';

/** Returns every diagnostic code, in order. @param languages the readers of configuration files */
export async function allCodes(...languages: readonly Pick<FrontEnd, 'codes'>[]): Promise<CodeTable> {
  const codes: Record<string, CodeTable[string]> = {
    ...yamlCodes,
    ...operatorCodes,
    ...secretCodes,
    ...warningCodes,
  };
  for (const language of languages) Object.assign(codes, await language.codes());
  return Object.fromEntries(Object.entries(codes).sort(([a], [b]) => (a < b ? -1 : 1)));
}
