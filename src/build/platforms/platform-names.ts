/** How images and their tags name platforms. */
import { splitImageName } from '../../util/image-grammar.ts';

/** Other names of architectures, such as those of `uname -m`. */
const architectures: ReadonlyMap<string, string> = new Map([
  ['x86_64', 'amd64'],
  ['x86-64', 'amd64'],
  ['aarch64', 'arm64'],
  ['i386', '386'],
  ['armhf', 'arm/v7'],
  ['armel', 'arm/v6'],
]);

const known = new Set(['386', 'amd64', 'arm', 'arm64', 'loong64', 'mips64le', 'ppc64le', 'riscv64', 's390x']);

/**
 * Returns a platform as images name it: `OS/ARCHITECTURE` or `OS/ARCHITECTURE/VARIANT`. An architecture alone means Linux. Returns
 * `undefined` for a text that names no platform.
 */
export function parsePlatform(text: string): string | undefined {
  const words = text.trim().toLowerCase().split('/');
  if (words.length > 3 || words.some((word) => !/^[\w.-]+$/.test(word))) return undefined;
  const [first = '', second, variant] = words;
  if (second === undefined) {
    const alone = architectures.get(first) ?? first;
    return known.has(alone.split('/')[0] ?? '') ? `linux/${alone}` : undefined;
  }
  const architecture = architectures.get(second) ?? second;
  // Every arm64 processor is a v8.
  const more = variant === undefined || `${architecture}/${variant}` === 'arm64/v8' ? [] : [variant];
  return [first, architecture, ...more].join('/');
}

/** Returns the reference of one platform's image: its tag names the platform, as in Skaffold (`app:1_linux_arm64`). */
export function platformReference(reference: string, platform: string): string {
  const { name, tag = 'latest' } = splitImageName(reference);
  const end = `_${platform.replaceAll('/', '_')}`;
  // A tag has 128 characters at most.
  return `${name}:${tag.slice(0, 128 - end.length)}${end}`;
}

/** Returns the platform of programs that Node calls like this, in images for Linux. */
export function linuxPlatform(architecture: string): string {
  return `linux/${architecture === 'x64' ? 'amd64' : architecture === 'ia32' ? '386' : architecture}`;
}
