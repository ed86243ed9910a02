/** Tests of built images. */
import type { TypeShapes } from '../../config/shape/shape.ts';
import { textField, optionalSection, sectionList, path, required, template, textList, integerField } from './fields.ts';

const source = { oneOf: 'dependency' } as const;

export const testTypes: TypeShapes = {
  TestCase: {
    label: 'a test',
    fields: {
      image: textField('The image to test, by the name of its artifact.', required),
      context: textField('The folder of the tests.', { ...path, default: '.' }),
      custom: sectionList('CustomTest', 'Shell commands that test the image.'),
      structureTests: textList('Patterns of files for `container-structure-test`.', path),
      structureTestsArgs: textList('More arguments for `container-structure-test`.'),
    },
  },
  CustomTest: {
    label: 'a custom test',
    fields: {
      command: textField('The shell command. `IMAGE` holds the reference of the image. Status 0 means passed.', {
        ...required,
        ...template,
      }),
      timeoutSeconds: integerField('The time limit in seconds. `0` means none.', { default: '0' }),
      dependencies: optionalSection('CustomTestDependencies', 'Files whose changes run the test again.'),
    },
  },
  CustomTestDependencies: {
    label: 'dependencies of a custom test',
    fields: {
      command: textField('A command that prints the files as a JSON array.', source),
      paths: textList('Patterns of the files, relative to `context`.', source),
      ignore: textList('Patterns of files that do not count, even if `paths` matches them. They need `paths`.'),
    },
  },
};
