/** Containers that test a deployment or run on request. */
import type { TypeShapes } from '../../config/shape/shape.ts';
import { aText, choice, flag, option, part, parts, pointer, required, texts, whole } from './fields.ts';

const modes = {
  local: option('LocalVerifier', 'Runs the containers with the engine of this machine. The default.'),
  kubernetesCluster: option('KubernetesClusterVerifier', 'Runs each container as a job of the cluster.'),
};

export const verifyTypes: TypeShapes = {
  VerifyTestCase: {
    label: 'a verification',
    fields: {
      name: aText('The name of the verification.', required),
      timeout: whole('The time limit in seconds. Without it, none.', pointer),
      container: part('VerifyContainer', 'The container to run. Status 0 means passed.', required),
      executionMode: part('VerifyExecutionModeConfig', 'Where the container runs.'),
    },
  },
  Action: {
    label: 'a custom action',
    fields: {
      name: aText('The name of the action.', required),
      failFast: choice('Whether a failed container stops the others.', { default: 'true' }),
      timeout: whole('The time limit in seconds. Without it, none.', pointer),
      executionMode: part('ActionExecutionModeConfig', 'Where the containers run.'),
      containers: parts('VerifyContainer', 'The containers to run.', required),
    },
  },
  VerifyContainer: {
    label: 'a container',
    fields: {
      name: aText('The name of the container.', required),
      image: aText('The image: the name of an artifact, or any other one.', required),
      command: texts('The command, without a shell. It replaces the entrypoint of the image.'),
      args: texts('The arguments of the command. They replace those of the image.'),
      env: parts('VerifyEnvVar', 'Environment variables of the container.'),
    },
  },
  VerifyEnvVar: {
    label: 'an environment variable',
    fields: {
      name: aText('The name of the variable.', required),
      // No pointer in Skaffold, but printed even if it is empty.
      value: aText('The value of the variable.', { ...pointer, default: '""' }),
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
      overrides: aText('JSON that is merged into the job, as with `kubectl run --overrides`.'),
      jobManifestPath: aText('A manifest of the job, whose container is replaced by this one.'),
    },
  },
};
