/** Containers that test a deployment or run on request. */
import type { TypeShapes } from '../../config/shape/shape.ts';
import {
  textField,
  optionalFlag,
  flag,
  optionalSection,
  section,
  sectionList,
  pointer,
  required,
  textList,
  integerField,
} from './fields.ts';

const modes = {
  local: optionalSection('LocalVerifier', 'Runs the containers with the engine of this machine. The default.'),
  kubernetesCluster: optionalSection('KubernetesClusterVerifier', 'Runs each container as a job of the cluster.'),
};

export const verifyTypes: TypeShapes = {
  VerifyTestCase: {
    label: 'a verification',
    fields: {
      name: textField('The name of the verification.', required),
      timeout: integerField('The time limit in seconds. Without it, none.', pointer),
      container: section('VerifyContainer', 'The container to run. Status 0 means passed.', required),
      executionMode: section('VerifyExecutionModeConfig', 'Where the container runs.'),
    },
  },
  Action: {
    label: 'a custom action',
    fields: {
      name: textField('The name of the action.', required),
      failFast: optionalFlag('Whether a failed container stops the others.', { default: 'true' }),
      timeout: integerField('The time limit in seconds. Without it, none.', pointer),
      executionMode: section('ActionExecutionModeConfig', 'Where the containers run.'),
      containers: sectionList('VerifyContainer', 'The containers to run.', required),
    },
  },
  VerifyContainer: {
    label: 'a container',
    fields: {
      name: textField('The name of the container.', required),
      image: textField('The image: the name of an artifact, or any other one.', required),
      command: textList('The command, without a shell. It replaces the entrypoint of the image.'),
      args: textList('The arguments of the command. They replace those of the image.'),
      env: sectionList('VerifyEnvVar', 'Environment variables of the container.'),
    },
  },
  VerifyEnvVar: {
    label: 'an environment variable',
    fields: {
      name: textField('The name of the variable.', required),
      // No pointer in Skaffold, but printed even if it is empty.
      value: textField('The value of the variable.', { ...pointer, default: '""' }),
    },
  },
  VerifyExecutionModeConfig: { label: 'an execution mode', fields: modes },
  ActionExecutionModeConfig: { label: 'an execution mode', fields: modes },
  LocalVerifier: {
    label: 'local execution',
    fields: { useLocalImages: flag('Whether an image that is already here is not pulled.') },
  },
  KubernetesClusterVerifier: {
    label: 'execution in the cluster',
    fields: {
      overrides: textField('JSON that is merged into the job, as with `kubectl run --overrides`.'),
      jobManifestPath: textField('A manifest of the job, whose container is replaced by this one.'),
    },
  },
};
