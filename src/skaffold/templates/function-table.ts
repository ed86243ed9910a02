import { builtinFunctions } from './functions/builtins.ts';
import { comparisonFunctions } from './functions/comparisons.ts';
import { dateFunctions } from './functions/dates.ts';
import { defaultFunctions } from './functions/defaults.ts';
import { dictFunctions } from './functions/dicts.ts';
import { encodingFunctions } from './functions/encodings.ts';
import { listFunctions } from './functions/lists.ts';
import { numberFunctions } from './functions/numbers.ts';
import { pathFunctions } from './functions/paths.ts';
import { regexFunctions } from './functions/regexes.ts';
import { stringFunctions } from './functions/strings.ts';
import { surroundingFunctions } from './functions/surroundings.ts';
import { versionFunctions } from './functions/versions.ts';
import { wordFunctions } from './functions/words.ts';
import type { TemplateFunction } from './template-function.ts';

/** Functions that do not evaluate all of their arguments. */
export const shortCircuits: ReadonlySet<string> = new Set(['and', 'or']);

/** Every function that templates may call, by name. Sprig's come after Go's, and replace `slice`. */
export const templateFunctions: ReadonlyMap<string, TemplateFunction> = new Map(
  Object.entries({
    ...builtinFunctions,
    ...comparisonFunctions,
    ...stringFunctions,
    ...wordFunctions,
    ...numberFunctions,
    ...listFunctions,
    ...dictFunctions,
    ...defaultFunctions,
    ...encodingFunctions,
    ...regexFunctions,
    ...versionFunctions,
    ...dateFunctions,
    ...pathFunctions,
    ...surroundingFunctions,
  }),
);

/** Functions of Sprig that Skaffold has and Slipway does not: keys, passwords, the network, and rare ones. */
const lackingFunctions: ReadonlySet<string> = new Set([
  ...['genPrivateKey', 'genCA', 'genCAWithKey', 'genSelfSignedCert', 'genSelfSignedCertWithKey', 'genSignedCert'],
  ...['genSignedCertWithKey', 'buildCustomCert', 'derivePassword', 'bcrypt', 'htpasswd', 'encryptAES', 'decryptAES'],
  ...['getHostByName', 'urlParse', 'urlJoin', 'toDate', 'mustToDate'],
]);

/** What a parser asks about names. */
export const knownFunctions = {
  has: (name: string): boolean => templateFunctions.has(name) || shortCircuits.has(name),
  lacks: (name: string): boolean => lackingFunctions.has(name),
  names: [...shortCircuits, ...templateFunctions.keys()],
};
