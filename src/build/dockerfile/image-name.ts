const separator = '(?:\\.|_|__|-+)';
const component = `[a-z0-9]+(?:${separator}[a-z0-9]+)*`;
const registry = '(?:[a-zA-Z0-9-]+(?:\\.[a-zA-Z0-9-]+)*|\\[[0-9a-fA-F:]+\\])(?::\\d+)?';
const tag = '\\w[\\w.-]{0,127}';
const digest = '[a-zA-Z][a-zA-Z0-9]*(?:[-_+.][a-zA-Z][a-zA-Z0-9]*)*:[0-9a-fA-F]{32,}';
const path = `${component}(?:\\/${component})*`;
const grammar = new RegExp(`^(?:${registry}\\/)?${path}(?::${tag})?(?:@${digest})?$`);

/**
 * Reports whether a text is the name of an image by the distribution project's grammar. 64 hexadecimal digits are an
 * image id, and no name.
 */
export function isImageName(text: string): boolean {
  return text.length < 1000 && grammar.test(text) && !/^[0-9a-f]{64}$/.test(text);
}
