/** How manifests and containers are deployed. */
import type { TypeShapes } from '../../config/shape/shape.ts';
import {
  textField,
  optionalFlag,
  flag,
  optionalSection,
  section,
  pointer,
  required,
  template,
  textList,
  unused,
  integerField,
} from './fields.ts';

const withKubectl = 'Use `kubectl` instead.';

export const deployTypes: TypeShapes = {
  DeployConfig: {
    label: 'the deploy section',
    fields: {
      docker: optionalSection('DockerDeploy', 'Runs images as containers of this machine’s engine.'),
      helm: optionalSection('LegacyHelmDeploy', 'Installs Helm charts.'),
      kpt: optionalSection('KptDeploy', unused('Deploys with kpt.', withKubectl)),
      kubectl: optionalSection('KubectlDeploy', 'Applies the rendered manifests with `kubectl`. The default.'),
      cloudrun: optionalSection(
        'CloudRunDeploy',
        unused('Deploys to Google Cloud Run.', 'Use `kubectl` or `helm` instead.'),
      ),
      statusCheck: optionalFlag('Whether to wait until what was deployed is ready.', { default: 'true' }),
      statusCheckDeadlineSeconds: integerField('How long to wait for that, in seconds.', { default: '600' }),
      tolerateFailuresUntilDeadline: flag('Whether a failing object fails the deployment only at the deadline.'),
      kubeContext: textField('The Kubernetes context. Without it, the current one.'),
      logs: section('LogsConfig', 'How the logs of deployed containers are printed.'),
    },
  },
  DockerDeploy: {
    label: 'Docker deployment',
    fields: {
      useCompose: flag('Whether to deploy with Docker Compose.'),
      images: textList('The images to run, by the names of their artifacts.', required),
    },
  },
  KubectlDeploy: {
    label: 'kubectl deployment',
    fields: {
      flags: section('KubectlFlags', 'More flags for `kubectl`.'),
      remoteManifests: textList('Objects that are read from the cluster: `[NAMESPACE:]KIND/NAME`.'),
      defaultNamespace: textField('The namespace of objects that name none.', { ...pointer, ...template }),
      hooks: section('DeployHooks', 'Commands before and after the manifests are applied.'),
    },
  },
  KubectlFlags: {
    label: 'kubectl flags',
    fields: {
      global: textList('Flags for every command.'),
      apply: textList('Flags for `kubectl apply`.'),
      delete: textList('Flags for `kubectl delete`.'),
      disableValidation: flag('Whether `kubectl` skips its check of the manifests.'),
    },
  },
  KptDeploy: {
    label: 'kpt deployment',
    fields: {
      dir: textField(unused('The folder that kpt applies.')),
      applyFlags: textList(unused('Flags for `kpt live apply`.')),
      flags: textList(unused('Flags for every command.')),
      name: textField(unused('The name of the inventory.')),
      inventoryID: textField(unused('The ID of the inventory.')),
      namespace: textField(unused('The namespace of the inventory.')),
      force: flag(unused('Whether the inventory may be overwritten.')),
      defaultNamespace: textField(unused('The namespace of objects that name none.'), pointer),
    },
  },
  CloudRunDeploy: {
    label: 'Cloud Run deployment',
    fields: {
      projectid: textField(unused('The Google Cloud project.')),
      region: textField(unused('The region.')),
      hooks: section('CloudRunDeployHooks', unused('Commands before and after the deployment.')),
    },
  },
  LogsConfig: {
    label: 'log settings',
    fields: {
      prefix: textField('What stands before each line. `auto` leaves out a pod that is named like its container.', {
        default: 'container',
        values: ['container', 'podAndContainer', 'auto', 'none'],
      }),
      jsonParse: section('JSONParseConfig', 'How lines of JSON are printed.'),
    },
  },
  JSONParseConfig: {
    label: 'JSON log settings',
    fields: { fields: textList('The fields to print of each line. Without them, the whole line.') },
  },
};
