/** How images are tagged. */
import type { TypeShapes } from '../../config/shape/shape.ts';
import { textField, flag, optionalSection, sectionList, required, template } from './fields.ts';

const only = { oneOf: 'tag' } as const;

const strategies = {
  gitCommit: optionalSection('GitTagger', 'The Git tag or commit of the sources. The default.', only),
  sha256: optionalSection(
    'ShaTagger',
    'The tag in the image name, or else `latest`. Deployments use the digest.',
    only,
  ),
  envTemplate: optionalSection('EnvTemplateTagger', 'A Go template over environment variables.', only),
  dateTime: optionalSection('DateTimeTagger', 'The time of the build.', only),
  customTemplate: optionalSection('CustomTemplateTagger', 'A Go template over the results of other strategies.', only),
  inputDigest: optionalSection('InputDigest', 'A digest of the files that the image is built from.', only),
};

export const tagTypes: TypeShapes = {
  TagPolicy: { label: 'a tag policy', fields: strategies },
  GitTagger: {
    label: 'a Git tag policy',
    fields: {
      variant: textField(
        'What the tag is made of: the Git tag, the commit or the tree of the sources, in full or abbreviated. `Tags` takes the commit if there is no tag.',
        { default: 'Tags', values: ['Tags', 'CommitSha', 'AbbrevCommitSha', 'TreeSha', 'AbbrevTreeSha'] },
      ),
      prefix: textField('A text before the tag.'),
      ignoreChanges: flag('Whether to leave out `-dirty` if there are uncommitted changes.'),
    },
  },
  ShaTagger: { label: 'a digest tag policy', fields: {} },
  InputDigest: { label: 'an input digest tag policy', fields: {} },
  EnvTemplateTagger: {
    label: 'a template tag policy',
    fields: { template: textField('The tag: `{{.RELEASE}}`.', { ...required, ...template }) },
  },
  DateTimeTagger: {
    label: 'a time tag policy',
    fields: {
      format: textField('The form of the time, as a Go layout.', { default: '2006-01-02_15-04-05.999_MST' }),
      timezone: textField('The time zone: `Europe/Berlin`. Without it, the local one.'),
    },
  },
  CustomTemplateTagger: {
    label: 'a composed tag policy',
    fields: {
      template: textField('The tag, with the names of the components: `{{.TIME}}-{{.COMMIT}}`.', {
        ...required,
        ...template,
      }),
      components: sectionList('TaggerComponent', 'The strategies whose results the template may use.'),
    },
  },
  TaggerComponent: {
    label: 'a tag component',
    fields: { name: textField('The name of the component in the template.'), ...strategies },
  },
};
