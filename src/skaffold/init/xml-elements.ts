/** One element of an XML file, with its elements and the text directly in it. */
export interface XmlElement {
  readonly name: string;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

/** Deeper files are no build files. */
const deepest = 100;

/**
 * Reads the elements of an XML file. Attributes, comments and processing instructions are left out, and entities stay as they are
 * written, so nothing is expanded or fetched. Returns what could be read of a broken file.
 */
export function readXml(text: string): XmlElement {
  const root: OpenElement = { name: '', children: [], text: '' };
  const open: OpenElement[] = [root];
  for (let at = 0; at < text.length;) {
    const top = open.at(-1) ?? root;
    const tag = indexOrEnd(text, '<', at);
    top.text += text.slice(at, tag);
    const special = specials.find(([begin]) => text.startsWith(begin, tag));
    if (special) {
      const [begin, end] = special;
      const close = indexOrEnd(text, end, tag + begin.length);
      if (begin === cdata) top.text += text.slice(tag + begin.length, close);
      at = close + end.length;
      continue;
    }
    const close = indexOrEnd(text, '>', tag);
    const [, slash, name] = /^(\/?)([\w:.-]+)/.exec(text.slice(tag + 1, Math.min(close, tag + longestName))) ?? [];
    if (slash === '/') {
      if (open.length > 1 && top.name === name) open.pop();
    } else if (name !== undefined) {
      const element: OpenElement = { name, children: [], text: '' };
      top.children.push(element);
      if (text[close - 1] !== '/' && open.length < deepest) open.push(element);
    }
    at = close + 1;
  }
  return root;
}

interface OpenElement {
  readonly name: string;
  readonly children: XmlElement[];
  text: string;
}

const cdata = '<![CDATA[';

const specials = [
  ['<!--', '-->'],
  [cdata, ']]>'],
  ['<?', '?>'],
  ['<!', '>'],
] as const;

const longestName = 256;

function indexOrEnd(text: string, part: string, from: number): number {
  const at = text.indexOf(part, from);
  return at < 0 ? text.length : at;
}

/** Returns the element at a path of names. The first one of each name counts. */
export function elementAt(element: XmlElement, ...names: readonly string[]): XmlElement | undefined {
  return names.reduce<XmlElement | undefined>((at, name) => at?.children.find((child) => child.name === name), element);
}

/** Returns the text of the element at a path of names, without spaces around it. Empty texts are `undefined`. */
export function elementText(element: XmlElement, ...names: readonly string[]): string | undefined {
  return elementAt(element, ...names)?.text.trim() || undefined;
}
