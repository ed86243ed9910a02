import { isSpace } from '../go-text.ts';
import { takes, text, type FunctionTable } from '../template-function.ts';
import { mapCase, toLower, toUpper } from './strings.ts';

/** Changes the first letter of each word. @param isInWord reports whether the character before it belongs to its word */
function firstLetters(value: string, isInWord: (before: string) => boolean, change: (character: string) => string) {
  const characters = [...value];
  return characters.map((each, index) => (index > 0 && isInWord(characters[index - 1] ?? '') ? each : change(each)));
}

/** Go's `strings.Title`: underscores, digits and letters belong to a word, and everything but space outside of ASCII. */
const isTitleWord = (before: string): boolean =>
  /[\p{L}\p{Nd}_]/u.test(before) || (before > '\u007f' && !isSpace(before));

/** The first letter after white space, wherever it is. */
const initials = (value: string): string =>
  Array.from(Buffer.from(value).toString('latin1'))
    .filter((each, index, all) => {
      return !isSpace(each) && (index === 0 || isSpace(all[index - 1] ?? ''));
    })
    .join('');

const swapCase = (value: string): string =>
  mapCase(value, (each) => (/[\p{Lu}\p{Lt}]/u.test(each) ? each.toLowerCase() : each.toUpperCase()));

const isConnector = (character: string): boolean => character === '-' || character === '_' || isSpace(character);
const isUpper = (character: string): boolean => /\p{Lu}/u.test(character);

/**
 * Returns words joined without connectors, each with a capital: `http_server` becomes `HttpServer`. Connectors stay at
 * the start, at the end, and all but one of several.
 */
function pascalCase(value: string): string {
  const all = [...value];
  const start = all.findIndex((character) => !isConnector(character));
  // Sprig doubles the last of nothing but connectors.
  if (start < 0) return value + (all.at(-1) ?? '');
  let out = all.slice(0, start).join('');
  let last = toUpper(all[start] ?? '');
  // In a word of capitals, only the first one stays.
  let lowers = isUpper(all[start] ?? '');
  for (const character of all.slice(start + 1)) {
    let shown = character;
    if (isConnector(character) && isConnector(last)) out += last;
    else if (isConnector(last)) {
      lowers = isUpper(character);
      shown = toUpper(character);
    } else {
      if (lowers && isUpper(character)) shown = toLower(character);
      else lowers = false;
      out += last;
    }
    last = shown;
  }
  return out + last;
}

type WordKind = 'connector' | 'punctuation' | 'upper' | 'letters' | 'number' | 'other' | 'none';

interface Word {
  readonly kind: WordKind;
  readonly text: string;
}

const connector = String.raw`[-_\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]`;
/** Capitals before a lower-case letter leave it their last one: `HTTPServer` is `HTTP` and `Server`. */
const upper = String.raw`\p{Lu}+(?=\p{Lu}(?!\p{Lu})\p{L})|\p{Lu}(?:(?!\p{Lu})\p{L})+|\p{Lu}+`;
const lower = String.raw`(?:(?!\p{Lu})\p{L})+`;
const wordPattern = new RegExp(
  `(${connector}+)|(\\p{P}+)|(${upper})|(${lower})|(\\p{N}+)|((?:(?!${connector})[^\\p{L}\\p{N}\\p{P}])+)`,
  'gu',
);
const wordKinds: readonly WordKind[] = ['connector', 'punctuation', 'upper', 'letters', 'number', 'other'];

function wordsOf(value: string): readonly Word[] {
  return [...value.matchAll(wordPattern)].map((match) => ({
    kind: wordKinds[match.slice(1).findIndex((group) => group !== undefined)] ?? 'other',
    text: match[0],
  }));
}

/**
 * Returns words in lower case with a connector between them. A number belongs to the letters after it, and to the word
 * before it if no small letters follow: `Bld4Floor3rd` becomes `bld4_floor_3rd`.
 */
function connected(value: string, joint: string): string {
  const words = wordsOf(value);
  let out = '';
  let at = 0;
  const kind = (): WordKind => words[at]?.kind ?? 'none';
  const write = (word: Word | undefined): void => {
    if (word?.kind === 'upper') out += toLower(word.text);
    else if (word?.kind === 'connector') out += joint.repeat([...word.text].length);
    else out += word?.text ?? '';
  };
  /** Writes letters and numbers that belong to the number before them. */
  const writeRest = (): void => {
    while (kind() === 'letters' || kind() === 'number') write(words[at++]);
  };
  const isJoined = (): boolean => !['none', 'connector', 'punctuation'].includes(kind());
  while (at < words.length - 1) {
    const word = words[at++];
    if (word?.kind !== 'connector') write(word);
    switch (word?.kind) {
      case 'number':
        writeRest();
        if (isJoined()) out += joint;
        break;
      case 'connector':
        write(word);
        break;
      case 'punctuation':
        break;
      default: {
        if (kind() !== 'number') {
          if (isJoined()) out += joint;
          break;
        }
        if (at === words.length - 1) break;
        const number = words[at++];
        if (kind() === 'letters') {
          out += joint;
          write(number);
          writeRest();
        } else write(number);
        if (isJoined()) out += joint;
      }
    }
  }
  write(words[at]);
  return out;
}

/** Functions that change the case of words. */
export const wordFunctions: FunctionTable = {
  title: takes([text], (value) => firstLetters(value, isTitleWord, toUpper).join('')),
  untitle: takes([text], (value) => firstLetters(value, (before) => !isSpace(before), toLower).join('')),
  initials: takes([text], initials),
  swapcase: takes([text], swapCase),
  camelcase: takes([text], pascalCase),
  snakecase: takes([text], (value) => connected(value, '_')),
  kebabcase: takes([text], (value) => connected(value, '-')),
};
