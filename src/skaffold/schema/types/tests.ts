/** Tests of built images. */
import type { TypeShapes } from '../../config/shape/shape.ts';
import { aText, option, parts, path, required, template, texts, whole } from './fields.ts';

const source = { oneOf: 'dependency' } as const;

export const testTypes: TypeShapes = {
  TestCase: {
    label: 'a test',
    fields: {
      image: aText('The image to test, by the name of its artifact.', required),
      context: aText('The folder of the tests.', { ...path, default: '.' }),
      custom: parts('CustomTest', 'Shell commands that test the image.'),
      structureTests: texts('Patterns of files for `container-structure-test`.', path),
      structureTestsArgs: texts('More arguments for `container-structure-test`.'),
    },
  },
  CustomTest: {
    label: 'a custom test',
    fields: {
      command: aText('The shell command. `IMAGE` holds the reference of the image. Status 0 means passed.', {
        ...required,
        ...template,
      }),
      timeoutSeconds: whole('The time limit in seconds. `0` means none.', { default: '0' }),
      dependencies: option('CustomTestDependencies', 'Files whose changes run the test again.'),
    },
  },
  CustomTestDependencies: {
    label: 'dependencies of a custom test',
    fields: {
      command: aText('A command that prints the files as a JSON array.', source),
      paths: texts('Patterns of the files, relative to `context`.', source),
      ignore: texts('Patterns of files that do not count, even if `paths` matches them. They need `paths`.'),
    },
  },
};
