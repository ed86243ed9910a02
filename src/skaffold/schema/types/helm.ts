/** Helm charts, rendered or installed. */
import { any, flatMap, type TypeShapes } from '../../config/shape/shape.ts';
import {
  aText,
  choice,
  flag,
  option,
  part,
  parts,
  path,
  pointer,
  required,
  template,
  textMap,
  texts,
  whole,
} from './fields.ts';

const flags = part('HelmDeployFlags', 'More flags for `helm`.');
const source = { oneOf: 'chartSource' } as const;

export const helmTypes: TypeShapes = {
  Helm: {
    label: 'charts to render',
    fields: { flags, releases: parts('HelmRelease', 'The charts to render.', required) },
  },
  LegacyHelmDeploy: {
    label: 'Helm deployment',
    fields: {
      concurrency: whole('How many charts are installed at the same time. `0` means all.', {
        ...pointer,
        default: '1',
      }),
      releases: parts('HelmRelease', 'The charts to install.'),
      flags,
      hooks: part('DeployHooks', 'Commands before and after the charts are installed.'),
    },
  },
  HelmDeployFlags: {
    label: 'Helm flags',
    fields: {
      global: texts('Flags for every command.'),
      install: texts('Flags for `helm install`.'),
      upgrade: texts('Flags for `helm upgrade`.'),
      depBuild: texts('Flags for `helm dep build`.'),
      template: texts('Flags for `helm template`.'),
    },
  },
  HelmRelease: {
    label: 'a Helm release',
    fields: {
      name: aText('The name of the release.', { ...required, ...template }),
      chartPath: aText('A chart on this machine: its folder or its archive.', { ...path, ...template, ...source }),
      remoteChart: aText('A chart elsewhere: `REPOSITORY/NAME`, a URL, or `oci://…`.', source),
      valuesFiles: texts('Files of values. Later ones win.', { ...path, ...template }),
      namespace: aText('The namespace of the release.', template),
      version: aText('The version of the chart.', template),
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
      createNamespace: choice('Whether to create the namespace if it is missing.', { default: 'false' }),
      wait: flag('Whether `helm` waits until the objects are ready.'),
      recreatePods: flag('Whether an upgrade restarts all pods. Only old versions of Helm can do it.'),
      skipBuildDependencies: flag(
        'Whether to use the dependencies of the chart as they are, without `helm dep build`.',
      ),
      skipTests: flag('Whether rendering leaves out the tests of the chart.'),
      useHelmSecrets: flag('Whether to call `helm secrets`, a plugin that decrypts files of values.'),
      repo: aText('The URL of the chart repository.'),
      upgradeOnChange: choice(
        'Whether a change upgrades an installed release. Without it: yes for a chart on this machine, no for one elsewhere.',
      ),
      overrides: { shape: any, description: 'Values that win over those of `valuesFiles`, as a map.' },
      packaged: option('HelmPackaged', 'Whether the chart is packaged before it is installed, and as which version.'),
      dependsOn: texts('Names of releases that are installed first.'),
    },
  },
  HelmPackaged: {
    label: 'a packaged chart',
    fields: {
      version: aText('The version of the package.'),
      appVersion: aText('The version of the program in the chart.'),
    },
  },
};
