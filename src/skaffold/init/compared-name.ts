/** A name in the forms in which names of images and of folders are compared. */
export interface ComparedName {
  readonly text: string;
  readonly lower: string;
  /** Without separators. */
  readonly plain: string;
  /** Without words that many names have. */
  readonly words: readonly string[];
}

const plainWords = new Set(
  [
    'app',
    'application',
    'service',
    'svc',
    'server',
    'image',
    'docker',
    'demo',
    'example',
    'the',
    'k8s',
    'skaffold',
  ].concat(['container', 'project', 'dev', 'prod', 'test', 'sample']),
);

export function comparedName(text: string): ComparedName {
  const lower = text.toLowerCase();
  const parts = lower.split(/[^a-z\d]+/);
  return { text, lower, plain: parts.join(''), words: parts.filter((part) => part !== '' && !plainWords.has(part)) };
}

/** Returns how well two names fit: the same, but for separators, or one has all words of the other. */
export function fitOf(a: ComparedName, b: ComparedName): 'same' | 'alike' | 'words' | undefined {
  if (a.lower === b.lower) return 'same';
  if (a.plain === b.plain) return 'alike';
  if (a.words.length === 0 || b.words.length === 0) return undefined;
  return isWithin(a.words, b.words) || isWithin(b.words, a.words) ? 'words' : undefined;
}

function isWithin(words: readonly string[], others: readonly string[]): boolean {
  return words.every((word) => others.includes(word));
}
