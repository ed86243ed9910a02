/** How manifests and containers are deployed. */
import type { TypeShapes } from '../../config/shape/shape.ts';
import { aText, choice, flag, option, part, pointer, required, template, texts, unused, whole } from './fields.ts';

const withKubectl = 'Use `kubectl` instead.';

export const deployTypes: TypeShapes = {
  DeployConfig: {
    label: 'the deploy section',
    fields: {
      docker: option('DockerDeploy', 'Runs images as containers of this machine’s engine.'),
      helm: option('LegacyHelmDeploy', 'Installs Helm charts.'),
      kpt: option('KptDeploy', unused('Deploys with kpt.', withKubectl)),
      kubectl: option('KubectlDeploy', 'Applies the rendered manifests with `kubectl`. The default.'),
      cloudrun: option('CloudRunDeploy', unused('Deploys to Google Cloud Run.', 'Use `kubectl` or `helm` instead.')),
      statusCheck: choice('Whether to wait until what was deployed is ready.', { default: 'true' }),
      statusCheckDeadlineSeconds: whole('How long to wait for that, in seconds.', { default: '600' }),
      tolerateFailuresUntilDeadline: flag('Whether a failing object fails the deployment only at the deadline.'),
      kubeContext: aText('The Kubernetes context. Without it, the current one.'),
      logs: part('LogsConfig', 'How the logs of deployed containers are printed.'),
    },
  },
  DockerDeploy: {
    label: 'Docker deployment',
    fields: {
      useCompose: flag('Whether to deploy with Docker Compose.'),
      images: texts('The images to run, by the names of their artifacts.', required),
    },
  },
  KubectlDeploy: {
    label: 'kubectl deployment',
    fields: {
      flags: part('KubectlFlags', 'More flags for `kubectl`.'),
      remoteManifests: texts('Objects that are read from the cluster: `[NAMESPACE:]KIND/NAME`.'),
      defaultNamespace: aText('The namespace of objects that name none.', { ...pointer, ...template }),
      hooks: part('DeployHooks', 'Commands before and after the manifests are applied.'),
    },
  },
  KubectlFlags: {
    label: 'kubectl flags',
    fields: {
      global: texts('Flags for every command.'),
      apply: texts('Flags for `kubectl apply`.'),
      delete: texts('Flags for `kubectl delete`.'),
      disableValidation: flag('Whether `kubectl` skips its check of the manifests.'),
    },
  },
  KptDeploy: {
    label: 'kpt deployment',
    fields: {
      dir: aText(unused('The folder that kpt applies.')),
      applyFlags: texts(unused('Flags for `kpt live apply`.')),
      flags: texts(unused('Flags for every command.')),
      name: aText(unused('The name of the inventory.')),
      inventoryID: aText(unused('The ID of the inventory.')),
      namespace: aText(unused('The namespace of the inventory.')),
      force: flag(unused('Whether the inventory may be overwritten.')),
      defaultNamespace: aText(unused('The namespace of objects that name none.'), pointer),
    },
  },
  CloudRunDeploy: {
    label: 'Cloud Run deployment',
    fields: {
      projectid: aText(unused('The Google Cloud project.')),
      region: aText(unused('The region.')),
      hooks: part('CloudRunDeployHooks', unused('Commands before and after the deployment.')),
    },
  },
  LogsConfig: {
    label: 'log settings',
    fields: {
      prefix: aText('What stands before each line. `auto` leaves out a pod that is named like its container.', {
        default: 'container',
        values: ['container', 'podAndContainer', 'auto', 'none'],
      }),
      jsonParse: part('JSONParseConfig', 'How lines of JSON are printed.'),
    },
  },
  JSONParseConfig: {
    label: 'JSON log settings',
    fields: { fields: texts('The fields to print of each line. Without them, the whole line.') },
  },
};
