import type { Report } from '../../diagnostics/problem.ts';
import type { BuildRequest } from '../../engine/build-request.ts';
import type { GivenImage } from '../../model/given-image.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { splitImageName } from '../../util/image-grammar.ts';
import type { Configuration } from '../config/configuration.ts';
import { problem } from '../problem.ts';
import { baseFolders } from './base-folders.ts';
import { artifactImages, isSelected } from './read-artifacts.ts';
import { readTests, type PlannedTest, type TestsRequest } from './read-tests.ts';

/** The tests that a run has. */
export interface SelectedTests {
  readonly planned: readonly PlannedTest[];
  /** The images that are tested and not built, by their names in the configuration. */
  readonly given: ReadonlyMap<string, string>;
  /** The images of artifacts to build for the tests. */
  readonly toBuild: ReadonlySet<string>;
}

/**
 * Returns the tests of the images that the command line gives or selects. Reports tests whose image nobody builds or gives,
 * and every mistake in those that run.
 */
export async function selectedTests(
  configurations: readonly Configuration[],
  { test, images, base }: Pick<BuildRequest, 'test' | 'images' | 'base'>,
  parts: Pick<TestsRequest, 'files' | 'expand'>,
  report: Report,
): Promise<SelectedTests> {
  const given = new Map((test?.images ?? []).map((one) => [nameOf(one), one.reference]));
  const known = artifactImages(configurations);
  const found: Diagnostic[] = [];
  const tested = new Set<string>();
  const planned = await readTests(
    configurations,
    {
      ...parts,
      ...baseFolders(configurations, base),
      wants(image, at) {
        const isKnown = given.size > 0 ? given.has(image) : known.includes(image);
        if (!isKnown && !tested.has(image))
          found.push(
            given.size > 0
              ? problem('S089', at, { image, given: [...given.keys()] })
              : problem('S080', at, { image, known }),
          );
        tested.add(image);
        return isKnown && (given.size > 0 || isSelected(image, images));
      },
    },
    (diagnostic) => void found.push(diagnostic),
  );
  const untested = (test?.images ?? []).flatMap((one) =>
    one.testMustName && !tested.has(nameOf(one)) ? nameOf(one) : [],
  );
  if (untested.length > 0) {
    // A test without an image is then what the wrong name was meant for.
    const others = found.filter(({ code }) => code !== 'S089');
    found.splice(0, found.length, ...others);
    for (const image of untested) found.push(problem('S078', undefined, { image, tested: [...tested] }));
  }
  if (planned.length === 0 && found.length === 0 && test?.optional !== true)
    found.push(problem('S088', undefined, undefined));
  found.forEach(report);
  return { planned, given, toBuild: new Set(given.size > 0 ? [] : planned.map(({ image }) => image)) };
}

function nameOf({ reference, name = splitImageName(reference).name }: GivenImage): string {
  return name;
}
