/** Helm charts, rendered or installed. */
import { any, flatMap, type TypeShapes } from '../../config/shape/shape.ts';
import {
  textField,
  optionalFlag,
  flag,
  optionalSection,
  section,
  sectionList,
  path,
  pointer,
  required,
  template,
  textMap,
  textList,
  integerField,
} from './fields.ts';

const flags = section('HelmDeployFlags', 'More flags for `helm`.');
const source = { oneOf: 'chartSource' } as const;

export const helmTypes: TypeShapes = {
  Helm: {
    label: 'charts to render',
    fields: { flags, releases: sectionList('HelmRelease', 'The charts to render.', required) },
  },
  LegacyHelmDeploy: {
    label: 'Helm deployment',
    fields: {
      concurrency: integerField('How many charts are installed at the same time. `0` means all.', {
        ...pointer,
        default: '1',
      }),
      releases: sectionList('HelmRelease', 'The charts to install.'),
      flags,
      hooks: section('DeployHooks', 'Commands before and after the charts are installed.'),
    },
  },
  HelmDeployFlags: {
    label: 'Helm flags',
    fields: {
      global: textList('Flags for every command.'),
      install: textList('Flags for `helm install`.'),
      upgrade: textList('Flags for `helm upgrade`.'),
      depBuild: textList('Flags for `helm dep build`.'),
      template: textList('Flags for `helm template`.'),
    },
  },
  HelmRelease: {
    label: 'a Helm release',
    fields: {
      name: textField('The name of the release.', { ...required, ...template }),
      chartPath: textField('A chart on this machine: its folder or its archive.', { ...path, ...template, ...source }),
      remoteChart: textField('A chart elsewhere: `REPOSITORY/NAME`, a URL, or `oci://…`.', source),
      valuesFiles: textList('Files of values. Later ones win.', { ...path, ...template }),
      namespace: textField('The namespace of the release.', template),
      version: textField('The version of the chart.', template),
      setValues: {
        shape: flatMap,
        description: 'Values, as with `--set`. Nested maps and keys with dots mean the same.',
        ...template,
      },
      setValueTemplates: {
        shape: flatMap,
        description: 'Values that are Go templates over the environment and the built images.',
        ...template,
      },
      setFiles: textMap('Values that are the content of a file, as with `--set-file`.', path),
      createNamespace: optionalFlag('Whether to create the namespace if it is missing.', { default: 'false' }),
      wait: flag('Whether `helm` waits until the objects are ready.'),
      recreatePods: flag('Whether an upgrade restarts all pods. Only old versions of Helm can do it.'),
      skipBuildDependencies: flag(
        'Whether to use the dependencies of the chart as they are, without `helm dep build`.',
      ),
      skipTests: flag('Whether rendering leaves out the tests of the chart.'),
      useHelmSecrets: flag('Whether to call `helm secrets`, a plugin that decrypts files of values.'),
      repo: textField('The URL of the chart repository.'),
      upgradeOnChange: optionalFlag(
        'Whether a change upgrades an installed release. Without it: yes for a chart on this machine, no for one elsewhere.',
      ),
      overrides: { shape: any, description: 'Values that win over those of `valuesFiles`, as a map.' },
      packaged: optionalSection(
        'HelmPackaged',
        'Whether the chart is packaged before it is installed, and as which version.',
      ),
      dependsOn: textList('Names of releases that are installed first.'),
    },
  },
  HelmPackaged: {
    label: 'a packaged chart',
    fields: {
      version: textField('The version of the package.'),
      appVersion: textField('The version of the program in the chart.'),
    },
  },
};
