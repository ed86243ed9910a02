/** A part of a text with one document or more. */
export interface DocumentText {
  readonly text: string;
  /** The number of lines before it. */
  readonly linesBefore: number;
}

/**
 * Splits a text at the lines that start a document, so that each one can be read by the faster reader that knows a single document. A
 * line with `---` never belongs to a text in a document (YAML 1.2, 9.1.2). Returns the whole text if it has directives or other markers.
 */
export function splitDocuments(text: string): readonly DocumentText[] {
  if (otherMarker.test(text)) return [{ text, linesBefore: 0 }];
  const documents: DocumentText[] = [];
  let linesBefore = 0;
  for (const part of text.split(marker)) {
    if (hasContent.test(part)) documents.push({ text: part, linesBefore });
    linesBefore += countLines(part) + 1;
  }
  return documents;
}

// Only a line feed starts a line here. For `^`, other characters do too.
const marker = /(?<![^\n])---[^\n]*\n?/;
/** A directive, the end of a document, or a document that starts behind its marker. */
const otherMarker = /(?<![^\n])(?:%|\.\.\.|---(?![\t ]*(?:#[^\n]*)?\r?(?:\n|$)))/;
/** A line that is not only a comment. */
const hasContent = /(?<![^\n])[^\S\n]*[^#\s]/;

function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
