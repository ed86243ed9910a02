import { code } from '../code-entry.ts';
import { quoted } from '../../util/visible.ts';

/** The file itself: it exists, is readable and is one YAML document. */
export const documentCodes = {
  W003: code({
    severity: 'error',
    title: 'Cannot read the file',
    explanation:
      'The file exists, but Slipway cannot read it. Slipway reads only regular files of UTF-8 text, at most 8 ' +
      'MiB large. In a shared folder such as `/tmp`, it rejects files of other users.',
    message: (p: { detail: string }) => `cannot read the file: ${p.detail}`,
  }),
  W004: code({
    severity: 'error',
    title: 'Invalid YAML',
    explanation:
      'The YAML parser cannot parse the file. Slipway checks nothing else until you fix this, because the ' +
      'parser may misread what follows. Common causes are a tab in the indentation, an unclosed quote, and an ' +
      'unquoted value that contains `: `.',
    message: (p: { detail: string; yamlCode: string; line: string }) => `invalid YAML: ${p.detail}`,
    help: (p) =>
      flowCodes.has(p.yamlCode) && /[[{].*\$\{/.test(p.line.slice(0, 300)) ? variableInFlow : yamlHelp[p.yamlCode],
  }),
  W005: code({
    severity: 'error',
    title: 'Not exactly one document',
    explanation:
      'A pipeline file contains exactly one YAML document. A `---` line starts another document. A file that is ' +
      'empty or has only comments contains none.',
    message: (p: { documents: number }) =>
      p.documents === 0
        ? 'the file is empty'
        : `the file contains ${p.documents} YAML documents, but only one is allowed`,
    help: (p) =>
      p.documents === 0 ? 'copy the example at the start of docs/wharf-ci.md' : 'remove the `---` lines between them',
  }),
  W006: code({
    severity: 'error',
    title: 'Unknown anchor',
    explanation:
      'An alias `*name` refers to a node with the anchor `&name` earlier in the file. No such anchor precedes ' +
      'this line. Slipway checks nothing else until you fix this.',
    message: (p: { name: string; suggestion: string }) =>
      `alias ${quoted(`*${p.name}`)} refers to an undefined anchor ${quoted(`&${p.name}`)}${p.suggestion}`,
  }),
  W007: code({
    severity: 'error',
    title: 'Alias inside its own anchor',
    explanation:
      'The alias is inside the node that it refers to, so the node would contain itself without end. Slipway ' +
      'checks nothing else until you fix this.',
    message: (p: { name: string }) => `alias ${quoted(`*${p.name}`)} is inside the node that it refers to`,
  }),
  W008: code({
    severity: 'error',
    title: 'Nested too deep or too large',
    explanation:
      'The file is nested deeper than 100 levels, or has more than 250000 nodes once its aliases are expanded. ' +
      'Files like that are usually made to crash parsers. If yours is genuine, split it.',
    message: (p: { what: 'nested' | 'aliases' }) =>
      p.what === 'nested'
        ? 'the file is nested deeper than 100 levels'
        : 'the file has more than 250000 nodes once its aliases are expanded',
  }),
  W009: code({
    severity: 'error',
    title: 'Unsupported tag',
    explanation:
      'A pipeline supports only the standard YAML tags: `!!str`, `!!int` and so on. Tags such as `!reference` ' +
      'belong to other tools.',
    message: (p: { tag: string }) => `unsupported tag ${quoted(p.tag)}`,
  }),
};

/** The parser's error codes for an unquoted `${` in brackets: at the start of a text, and inside it. */
const flowCodes: ReadonlySet<string> = new Set(['MISSING_CHAR', 'UNEXPECTED_TOKEN']);
const variableInFlow = 'in `[…]` and `{…}`, put a text that contains `${…}` in quotes';

const yamlHelp: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'indent with spaces',
  BLOCK_AS_IMPLICIT_KEY: 'put a value that contains `: ` in quotes',
  MISSING_CHAR: 'close the quote or bracket',
  BAD_DQ_ESCAPE: "in double quotes `\\` starts an escape; use '…' for literal text",
};
