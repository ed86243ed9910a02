import { code } from '../code-entry.ts';
import { quoted } from '../../util/visible.ts';

/** The file as such: found, readable, one YAML document. */
export const documentCodes = {
  W001: code({
    severity: 'error',
    title: 'No pipeline here',
    explanation:
      'A pipeline is a file named exactly `.wharf-ci.yml`. Slipway takes the folder that holds it, or the file itself, and does not search parent folders. ' +
      'Other tools and earlier versions of this language made a pipeline up where none was; Slipway does not, since nobody could tell what it would run.',
    message: (p: { folder: string; exists: boolean; similar: readonly string[]; above: string | undefined }) =>
      p.exists
        ? `there is no \`.wharf-ci.yml\` in ${quoted(p.folder)}`
        : `there is no file or folder ${quoted(p.folder)}`,
    help: (p) => {
      if (p.similar[0] !== undefined) return `there is a ${quoted(p.similar[0])}: rename it to \`.wharf-ci.yml\``;
      return p.above === undefined ? undefined : `there is one in ${quoted(p.above)}: name that folder`;
    },
  }),
  W002: code({
    severity: 'error',
    title: 'Not the name of a pipeline',
    explanation:
      'The path on the command line is a file with another name than `.wharf-ci.yml`. The name is fixed, so that every tool finds the same file.',
    message: (p: { name: string }) => `a pipeline is a file named \`.wharf-ci.yml\`, not ${quoted(p.name)}`,
  }),
  W003: code({
    severity: 'error',
    title: 'The file cannot be read',
    explanation:
      'The file is there but cannot be opened, is no regular file (a device or a pipe is none), is not UTF-8 text, is larger than 8 MiB, or belongs to another user and lies in a folder such as `/tmp`.',
    message: (p: { detail: string }) => `the file cannot be read: ${p.detail}`,
  }),
  W004: code({
    severity: 'error',
    title: 'Not valid YAML',
    explanation:
      'The YAML parser cannot make sense of the file. Nothing else in it is checked until this is mended, since whatever comes after may be read wrongly. ' +
      'Often it is a tab in the indentation, a quote that is not closed, or a value with `: ` in it that needs quotes.',
    message: (p: { detail: string; yamlCode: string; line: string }) => `not valid YAML: ${p.detail}`,
    help: (p) =>
      flowCodes.has(p.yamlCode) && /[[{].*\$\{/.test(p.line.slice(0, 300)) ? variableInFlow : yamlHelp[p.yamlCode],
  }),
  W005: code({
    severity: 'error',
    title: 'Not exactly one document',
    explanation:
      'A pipeline file holds one YAML document. A `---` line starts another one; an empty file or one with nothing but comments holds none.',
    message: (p: { documents: number }) =>
      p.documents === 0 ? 'the file is empty' : `the file holds ${p.documents} YAML documents, and only one is allowed`,
    help: (p) =>
      p.documents === 0 ? 'docs/wharf-ci.md begins with a pipeline to copy' : 'remove the `---` lines between them',
  }),
  W006: code({
    severity: 'error',
    title: 'Unknown anchor',
    explanation:
      'An alias `*name` stands for the node that was marked `&name` earlier in the file. There is no such mark before this line. Like broken YAML, this has to be mended before the rest is checked.',
    message: (p: { name: string; suggestion: string }) =>
      `alias ${quoted(`*${p.name}`)} has no anchor ${quoted(`&${p.name}`)} before it${p.suggestion}`,
  }),
  W007: code({
    severity: 'error',
    title: 'Alias inside its own anchor',
    explanation:
      'An alias that stands inside the node that it names would repeat itself for ever. Like broken YAML, this has to be mended before the rest is checked.',
    message: (p: { name: string }) => `alias ${quoted(`*${p.name}`)} stands inside the node that it means`,
  }),
  W008: code({
    severity: 'error',
    title: 'Too deep or too large',
    explanation:
      'The file is nested deeper than 100 levels, or grows beyond reason when its aliases are replaced by what they stand for. ' +
      'Both happen in files made to break programs; if yours is a real one, split it.',
    message: (p: { what: 'nested' | 'aliases' }) =>
      p.what === 'nested'
        ? 'the file is nested deeper than 100 levels'
        : 'the file grows beyond 250000 nodes when its aliases are replaced by what they stand for',
  }),
  W009: code({
    severity: 'error',
    title: 'Tag without a meaning',
    explanation:
      'YAML tags such as `!reference` mean something to other tools. In a pipeline only the standard ones (`!!str`, `!!int`, …) do.',
    message: (p: { tag: string }) => `the tag ${quoted(p.tag)} has no meaning here`,
  }),
};

/** What the parser says of a `${` in them, at their beginning and after a text. */
const flowCodes: ReadonlySet<string> = new Set(['MISSING_CHAR', 'UNEXPECTED_TOKEN']);
const variableInFlow = 'inside of `[…]` and `{…}`, put a text that contains `${…}` in quotes';

const yamlHelp: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'indent with spaces',
  BLOCK_AS_IMPLICIT_KEY: 'put a value that contains `: ` in quotes',
  MISSING_CHAR: 'close the quote or bracket',
  BAD_DQ_ESCAPE: "in double quotes `\\` begins an escape; use '…' to take it as it is",
};
