import type { Report } from '../../diagnostics/problem.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import { entriesOfMap, entryOf, itemsOf, textAt, textsAt, valueAt } from '../../diagnostics/yaml/edit.ts';
import type { Located } from '../../diagnostics/yaml/located.ts';
import { readYaml } from '../../diagnostics/yaml/read-yaml.ts';
import { checkShape } from '../config/shape/check-shape.ts';
import { problem } from '../problem.ts';
import { regexMistake } from './go-regex.ts';
import type {
  CommandTest,
  ExecutableBy,
  ExpectedPair,
  FileContentTest,
  FileExistenceTest,
  MetadataTest,
  StructureTests,
  Variable,
} from './structure-tests.ts';
import { structureType, structureTypes } from './structure-types.ts';

/** The version that is read. */
const newest = '2.0.0';

/** Reads a file of structure tests, YAML or JSON, and reports every mistake. Never throws. */
export function readStructureTests(source: SourceText, report: Report): StructureTests | undefined {
  const root = readYaml(source, report);
  if (!root) return undefined;
  // Another version has other fields, so nothing else is checked.
  const written = textAt(root, 'schemaVersion');
  if (root.kind === 'map' && written !== newest) {
    report(problem('S083', (valueAt(root, 'schemaVersion') ?? root).at, { written }));
    return undefined;
  }
  const document = checkShape(root, structureType, structureTypes, report);
  const reader = new StructureReader(report);
  for (const field of [
    'globalEnvVars',
    'containerRunOptions',
    'commandTests',
    'fileExistenceTests',
    'fileContentTests',
  ])
    reader.refuseNul(valueAt(document, field), field);
  if (entryOf(document, 'licenseTests')) report(problem('S086', entryOf(document, 'licenseTests')?.keyAt, undefined));
  const options = valueAt(document, 'containerRunOptions');
  for (const { key, keyAt } of entriesOfMap(options))
    if (key !== 'envVars') report(problem('S087', keyAt, { field: key }));
  const metadata = valueAt(document, 'metadataTest');
  return {
    globalEnv: reader.variables(document, 'globalEnvVars'),
    passedVariables: textsAt(options, 'envVars'),
    commands: itemsOf(valueAt(document, 'commandTests')).map((node) => reader.command(node)),
    existence: itemsOf(valueAt(document, 'fileExistenceTests')).map((node) => reader.existence(node)),
    contents: itemsOf(valueAt(document, 'fileContentTests')).map((node) => reader.contents(node)),
    ...(metadata && { metadata: reader.metadata(metadata) }),
  };
}

/** Fields that are compared with texts of the image. */
const texts: ReadonlySet<string> = new Set([
  ...['expectedOutput', 'excludedOutput', 'expectedError', 'excludedError', 'expectedContents', 'excludedContents'],
  'name',
]);

const executors: readonly string[] = ['owner', 'group', 'other', 'any'] satisfies ExecutableBy[];

class StructureReader {
  readonly #report: Report;

  constructor(report: Report) {
    this.#report = report;
  }

  /** No path, argument or variable can hold a NUL. An expected text can. */
  refuseNul(node: Located | undefined, field: string): void {
    for (const { key, value } of entriesOfMap(node)) if (!texts.has(key)) this.refuseNul(value, key);
    for (const item of itemsOf(node)) this.refuseNul(item, field);
    const written = node?.kind === 'scalar' ? node.text : '';
    if (written.includes('\0'))
      this.#report(problem('S027', node?.at, { field, written, expected: 'a text without NUL characters' }));
  }

  command(node: Located): CommandTest {
    const where = 'a command test';
    const lists = (field: string) =>
      itemsOf(valueAt(node, field)).map((item) => {
        const words = itemsOf(item).flatMap((word) => textAt(word) ?? []);
        if (words.length === 0) this.#report(problem('S084', item.at, { field: 'a command', where: `\`${field}\`` }));
        return words;
      });
    return {
      name: this.#required(node, 'name', where),
      setup: lists('setup'),
      teardown: lists('teardown'),
      env: this.variables(node, 'envVars'),
      command: [this.#required(node, 'command', where), ...textsAt(node, 'args')],
      exitCode: Number(textAt(node, 'exitCode') ?? 0),
      expectedOutput: this.#expressions(node, 'expectedOutput'),
      excludedOutput: this.#expressions(node, 'excludedOutput'),
      expectedError: this.#expressions(node, 'expectedError'),
      excludedError: this.#expressions(node, 'excludedError'),
    };
  }

  existence(node: Located): FileExistenceTest {
    const where = 'a file existence test';
    const [permissions, by] = [textAt(node, 'permissions'), textAt(node, 'isExecutableBy')];
    const [uid, gid] = [textAt(node, 'uid'), textAt(node, 'gid')];
    if (permissions !== undefined && !/^(?:-|[a-zA-Z?]{1,4})[r-][w-][x-][r-][w-][x-][r-][w-][x-]$/.test(permissions))
      this.#wrong(node, 'permissions', permissions, 'a mode such as `-rw-r--r--`');
    if (by !== undefined && !executors.includes(by))
      this.#wrong(node, 'isExecutableBy', by, '`owner`, `group`, `other` or `any`');
    return {
      name: this.#required(node, 'name', where),
      path: this.#required(node, 'path', where),
      shouldExist: textAt(node, 'shouldExist') !== 'false',
      ...(permissions !== undefined && { permissions }),
      // container-structure-test has no test for -1.
      ...(uid !== undefined && uid !== '-1' && { uid: Number(uid) }),
      ...(gid !== undefined && gid !== '-1' && { gid: Number(gid) }),
      ...(by !== undefined && { isExecutableBy: by as ExecutableBy }),
    };
  }

  contents(node: Located): FileContentTest {
    const where = 'a file content test';
    return {
      name: this.#required(node, 'name', where),
      path: this.#required(node, 'path', where),
      expectedContents: this.#expressions(node, 'expectedContents'),
      excludedContents: this.#expressions(node, 'excludedContents'),
    };
  }

  metadata(node: Located): MetadataTest {
    const words = (field: string) => {
      const list = valueAt(node, field);
      return list && itemsOf(list).flatMap((item) => textAt(item) ?? []);
    };
    const [entrypoint, cmd] = [words('entrypoint'), words('cmd')];
    const [workdir, user] = [textAt(node, 'workdir'), textAt(node, 'user')];
    return {
      env: [...this.#pairs(node, 'env'), ...this.#pairs(node, 'envVars')],
      unboundEnv: itemsOf(valueAt(node, 'unboundEnvVars')).map((item) => this.#required(item, 'key', 'a variable')),
      labels: this.#pairs(node, 'labels'),
      exposedPorts: textsAt(node, 'exposedPorts'),
      unexposedPorts: textsAt(node, 'unexposedPorts'),
      volumes: textsAt(node, 'volumes'),
      unmountedVolumes: textsAt(node, 'unmountedVolumes'),
      ...(entrypoint && { entrypoint }),
      ...(cmd && { cmd }),
      ...(workdir !== undefined && { workdir }),
      ...(user !== undefined && { user }),
    };
  }

  variables(node: Located, field: string): readonly Variable[] {
    return itemsOf(valueAt(node, field)).map((item) => ({
      key: this.#required(item, 'key', 'a variable'),
      value: textAt(item, 'value') ?? '',
    }));
  }

  #pairs(node: Located, field: string): readonly ExpectedPair[] {
    return itemsOf(valueAt(node, field)).map((item) => {
      const isRegex = textAt(item, 'isRegex') === 'true';
      const value = valueAt(item, 'value');
      if (isRegex && value) this.#checkExpression(value);
      return { key: this.#required(item, 'key', 'an expected value'), value: textAt(value) ?? '', isRegex };
    });
  }

  #expressions(node: Located, field: string): readonly string[] {
    for (const item of itemsOf(valueAt(node, field))) this.#checkExpression(item);
    return textsAt(node, field);
  }

  #checkExpression(node: Located): void {
    const pattern = textAt(node) ?? '';
    const why = regexMistake(pattern);
    if (why !== undefined) this.#report(problem('S085', node.at, { why }));
  }

  #required(node: Located, field: string, where: string): string {
    const written = textAt(node, field);
    if (written === undefined) this.#report(problem('S084', node.at, { field, where }));
    return written ?? '';
  }

  #wrong(node: Located, field: string, written: string, expected: string): void {
    this.#report(problem('S027', valueAt(node, field)?.at, { field, written, expected }));
  }
}
