import { documentCodes } from './codes/document.ts';
import { structureCodes } from './codes/structure.ts';
import { valueCodes } from './codes/values.ts';

/** Codes of YAML files of any format. */
export const yamlCodes = { ...documentCodes, ...structureCodes, ...valueCodes };

/** Returns the link to a code's section in the docs, relative to the package. */
export function docsAnchor(code: string): string {
  const page = code.startsWith('W') ? 'diagnostics' : 'diagnostics-skaffold';
  return `docs/${page}.md#${code.toLowerCase()}`;
}
