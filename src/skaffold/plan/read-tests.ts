import { dirname, join, relative } from 'node:path';
import type { Report } from '../../diagnostics/problem.ts';
import { readSource } from '../../diagnostics/read-source.ts';
import type { Span } from '../../diagnostics/source-text.ts';
import { entryOf, itemsOf, textAt, textsAt, valueAt } from '../../diagnostics/yaml/edit.ts';
import type { Located } from '../../diagnostics/yaml/located.ts';
import type { SourceFiles } from '../../util/source-files.ts';
import type { Configuration } from '../config/configuration.ts';
import { problem } from '../problem.ts';
import { readStructureTests } from '../structure-tests/read-structure-tests.ts';
import type { BaseFolders } from './base-folders.ts';
import { matchingFiles } from './matching-files.ts';
import { millisecondsAt } from './milliseconds-at.ts';
import type { ImageTest, TestDependencies } from './test-spec.ts';

/** One test of a configuration, before its image has a tag. */
export interface PlannedTest {
  readonly image: string;
  readonly at: Span;
  /** Absolute. */
  readonly context: string;
  /** Milliseconds. Absent: none. */
  readonly timeoutMs?: number;
  readonly test: ImageTest;
}

export interface TestsRequest extends BaseFolders {
  readonly files: SourceFiles;
  /** Expands the Go template of a scalar. Reports what is wrong with it. */
  readonly expand: (node: Located, report: Report) => string | undefined;
  /** Reports whether the tests of an image are wanted. The files of others are not read. */
  readonly wants: (image: string, at: Span) => boolean;
}

/**
 * Returns the tests of configurations in the order of the files: of an image first those of structure test files, then the
 * custom ones. Reports every mistake, also in structure test files.
 */
export async function readTests(
  configurations: readonly Configuration[],
  request: TestsRequest,
  report: Report,
): Promise<readonly PlannedTest[]> {
  const found: PlannedTest[] = [];
  for (const configuration of configurations)
    for (const node of itemsOf(valueAt(configuration.document, 'test'))) {
      const image = textAt(node, 'image') ?? '';
      if (!request.wants(image, (valueAt(node, 'image') ?? node).at)) continue;
      const test = { image, context: textAt(node, 'context') ?? dirname(configuration.file) };
      const args = entryOf(node, 'structureTestsArgs');
      if (args) report(problem('S082', args.keyAt, undefined));
      for (const pattern of itemsOf(valueAt(node, 'structureTests')))
        for (const structure of await structureTestsOf(pattern, test.context, configuration, request, report))
          found.push({ ...test, at: pattern.at, test: structure });
      for (const custom of itemsOf(valueAt(node, 'custom'))) {
        const command = valueAt(custom, 'command');
        const text = command && request.expand(command, report);
        if (!command || text === undefined) continue;
        const timeoutMs = millisecondsAt(custom, 'timeoutSeconds');
        const dependencies = dependenciesOf(custom);
        found.push({
          ...{ ...test, at: command.at },
          ...(timeoutMs !== undefined && { timeoutMs }),
          test: { type: 'custom', command: text, ...(dependencies && { dependencies }) },
        });
      }
    }
  return found;
}

function dependenciesOf(custom: Located): TestDependencies | undefined {
  const dependencies = valueAt(custom, 'dependencies');
  if (!dependencies) return undefined;
  const command = textAt(dependencies, 'command');
  if (command !== undefined) return { kind: 'command', command };
  const patterns = { paths: textsAt(dependencies, 'paths'), ignore: textsAt(dependencies, 'ignore') };
  return { kind: 'patterns', patterns };
}

/**
 * Skaffold takes patterns of the main configuration from the context of the test, and those of required ones from the folder of
 * their file. Here the first of the two that has files is used.
 */
async function structureTestsOf(
  node: Located,
  context: string,
  configuration: Configuration,
  { files, directory, baseOf }: TestsRequest,
  report: Report,
): Promise<readonly Extract<ImageTest, { readonly type: 'structure' }>[]> {
  const pattern = textAt(node) ?? '';
  const written = relative(baseOf(configuration), pattern);
  const [own, other] = await Promise.all(
    [join(context, written), pattern].map(async (each) => await matchingFiles(each, files)),
  );
  const paths = own && own.length > 0 ? own : (other ?? []);
  if (paths.length === 0) report(problem('S081', node.at, { pattern: written }));
  const read = await Promise.all(
    paths.map(async (file) => ({ file, ...(await readSource(file, relative(directory, file), files)) })),
  );
  return read.flatMap(({ file, value: source, diagnostics }) => {
    diagnostics.forEach(report);
    const tests = source && readStructureTests(source, report);
    return tests ? [{ type: 'structure' as const, file, tests }] : [];
  });
}
