/** Where Kubernetes manifests come from. */
import { listOf, typed, type TypeShapes } from '../../config/shape/shape.ts';
import {
  textField,
  optionalSection,
  section,
  sectionList,
  path,
  pointer,
  required,
  template,
  textList,
  unused,
} from './fields.ts';

const withKustomize = 'Use `kustomize` instead.';

export const manifestTypes: TypeShapes = {
  RenderConfig: {
    label: 'the manifests section',
    fields: {
      rawYaml: textList('Files of Kubernetes manifests: paths, patterns or URLs.', path),
      remoteManifests: sectionList('RemoteManifest', 'Objects that are read from a cluster.'),
      kustomize: optionalSection('Kustomize', 'Folders that are rendered with `kustomize`.'),
      helm: optionalSection('Helm', 'Charts that are rendered with `helm template` and deployed as manifests.'),
      kpt: textList(unused('Folders of kpt packages.', 'Use `rawYaml` or `kustomize` instead.'), path),
      hooks: section('RenderHooks', 'Commands before and after the manifests are rendered.'),
      transform: {
        shape: listOf(typed('Transformer')),
        description: unused('The kpt functions that change the manifests.', withKustomize),
        ...pointer,
      },
      validate: {
        shape: listOf(typed('Validator')),
        description: unused('The kpt functions that check the manifests.', 'Use a custom test or a hook instead.'),
        ...pointer,
      },
      output: textField('The folder for the rendered manifests.'),
    },
  },
  RemoteManifest: {
    label: 'a remote manifest',
    fields: {
      manifest: textField('The object in the cluster: `[NAMESPACE:]KIND/NAME`.'),
      kubeContext: textField('The Kubernetes context of the cluster. Without it, that of the deployment.'),
    },
  },
  Kustomize: {
    label: 'kustomize',
    fields: {
      paths: textList('Folders of kustomizations.', { ...path, ...template, default: '["."]' }),
      buildArgs: textList('More arguments for `kustomize build`.'),
    },
  },
  Transformer: {
    label: 'a transformer',
    fields: {
      name: textField(unused('The name of the kpt function.'), required),
      configMap: textList(unused('Settings of the function: `NAME:value`.')),
    },
  },
  Validator: {
    label: 'a validator',
    fields: {
      name: textField(unused('The name of the kpt function.'), required),
      configMap: textList(unused('Settings of the function: `NAME:value`.')),
    },
  },
};
