import { Buffer } from 'node:buffer';
import { Automaton, type Pattern } from './automaton.ts';
import { Base64Forms } from './base64-forms.ts';
import { hiddenTexts } from './hidden-texts.ts';
import { noMask, type Mask } from './mask.ts';
import { SearchedStream } from './masked-stream.ts';
import { TextForms } from './text-forms.ts';

/**
 * Hides these values in all forms: as they are, each line of one with several, in base64, URL-encoded, escaped as in JSON (product.md, "Secrets"). An empty value is no secret.
 */
export function makeMask(values: Iterable<string>): Mask {
  const texts = new Set([...values].flatMap((value) => [...hiddenTexts(value)]));
  return texts.size === 0 ? noMask : new SearchingMask(new Automaton(patternsOf(texts)));
}

function patternsOf(texts: Iterable<string>): readonly Pattern[] {
  const textForms = new TextForms();
  const base64Forms = new Base64Forms();
  return [...texts].flatMap((text): Pattern[] => [{ tokens: textForms.pattern(text) }, ...base64Forms.patterns(Buffer.from(text))]);
}

class SearchingMask implements Mask {
  readonly active = true;

  constructor(private readonly automaton: Automaton) {}

  text(text: string): string {
    if (!this.hides(text)) return text;
    const stream = this.stream();
    const begun = stream.push(Buffer.from(text)).bytes;
    return Buffer.concat([begun, stream.end()]).toString();
  }

  hides(text: string): boolean {
    let found = false;
    this.automaton.scan(this.automaton.start, Buffer.from(text), () => (found = true));
    return found;
  }

  stream(): SearchedStream {
    return new SearchedStream(this.automaton);
  }
}
