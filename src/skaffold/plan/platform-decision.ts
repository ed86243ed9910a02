import { parsePlatform } from '../../build/platforms/platform-names.ts';
import type { Report } from '../../diagnostics/problem.ts';
import { itemsOf, textAt } from '../../diagnostics/yaml/edit.ts';
import type { Located } from '../../diagnostics/yaml/located.ts';
import type { Span } from '../../diagnostics/source-text.ts';
import { problem } from '../problem.ts';
import type { ArtifactBuilder } from './artifact-spec.ts';

const expected = 'OS/ARCHITECTURE, such as linux/arm64';

/** Returns the platforms of a list in the configuration, each once. Reports texts that name none. */
export function readPlatforms(node: Located | undefined, report: Report): readonly string[] {
  return platformsIn(
    itemsOf(node).map((item) => ({ text: textAt(item) ?? '', field: 'platforms', at: item.at })),
    report,
  );
}

/** Returns the platforms of `--platform`, each once. Reports texts that name none. */
export function platformsOfFlag(words: readonly string[], report: Report): readonly string[] {
  return platformsIn(
    words.map((text) => ({ text, field: '--platform', at: undefined })),
    report,
  );
}

function platformsIn(
  written: readonly { readonly text: string; readonly field: string; readonly at: Span | undefined }[],
  report: Report,
): readonly string[] {
  const platforms = written.flatMap(({ text, field, at }) => {
    const platform = parsePlatform(text);
    if (platform === undefined) report(problem('S027', at, { field, written: text, expected }));
    return platform ?? [];
  });
  return [...new Set(platforms)];
}

/** Reports whether a builder itself makes an image of several platforms. For others, Slipway builds one image after the other. */
export function buildsSeveralPlatforms(type: ArtifactBuilder['type']): boolean {
  return severalPlatforms[type];
}

const severalPlatforms: Readonly<Record<ArtifactBuilder['type'], boolean>> = {
  ...{ docker: false, kaniko: false, bazel: false, buildpacks: false },
  // The command gets all platforms, and decides.
  custom: true,
  ...{ ko: true, jib: true },
};

/** What decides for how many platforms an image is built. */
export interface PlatformFacts {
  /** What the command line or the configuration asks for. */
  readonly wanted: readonly string[];
  readonly builder: ArtifactBuilder['type'];
  readonly push: boolean;
  /** `--disable-multi-platform-build`. */
  readonly onlyOne: boolean;
  /** The platform of this machine. */
  readonly machine: string;
}

/**
 * Returns the platforms to build an image for. Only a registry keeps an image of several platforms. So an image that is not pushed gets
 * one of them: that of this machine, else the first.
 */
export function platformsToBuild({ wanted, builder, push, onlyOne, machine }: PlatformFacts): readonly string[] {
  const keepsAll = push || builder === 'custom';
  if (wanted.length < 2 || (keepsAll && !onlyOne)) return wanted;
  return wanted.includes(machine) ? [machine] : wanted.slice(0, 1);
}
