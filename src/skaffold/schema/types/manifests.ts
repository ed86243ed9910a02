/** Where Kubernetes manifests come from. */
import { listOf, typed, type TypeShapes } from '../../config/shape/shape.ts';
import { aText, option, part, parts, path, pointer, required, template, texts, unused } from './fields.ts';

const withKustomize = 'Use `kustomize` instead.';

export const manifestTypes: TypeShapes = {
  RenderConfig: {
    label: 'the manifests section',
    fields: {
      rawYaml: texts('Files of Kubernetes manifests: paths, patterns or URLs.', path),
      remoteManifests: parts('RemoteManifest', 'Objects that are read from a cluster.'),
      kustomize: option('Kustomize', 'Folders that are rendered with `kustomize`.'),
      helm: option('Helm', 'Charts that are rendered with `helm template` and deployed as manifests.'),
      kpt: texts(unused('Folders of kpt packages.', 'Use `rawYaml` or `kustomize` instead.'), path),
      hooks: part('RenderHooks', 'Commands before and after the manifests are rendered.'),
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
      output: aText('The folder for the rendered manifests.'),
    },
  },
  RemoteManifest: {
    label: 'a remote manifest',
    fields: {
      manifest: aText('The object in the cluster: `[NAMESPACE:]KIND/NAME`.'),
      kubeContext: aText('The Kubernetes context of the cluster. Without it, that of the deployment.'),
    },
  },
  Kustomize: {
    label: 'kustomize',
    fields: {
      paths: texts('Folders of kustomizations.', { ...path, ...template, default: '["."]' }),
      buildArgs: texts('More arguments for `kustomize build`.'),
    },
  },
  Transformer: {
    label: 'a transformer',
    fields: {
      name: aText(unused('The name of the kpt function.'), required),
      configMap: texts(unused('Settings of the function: `NAME:value`.')),
    },
  },
  Validator: {
    label: 'a validator',
    fields: {
      name: aText(unused('The name of the kpt function.'), required),
      configMap: texts(unused('Settings of the function: `NAME:value`.')),
    },
  },
};
