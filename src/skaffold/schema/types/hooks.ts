/** Commands before and after builds, syncs, renderings and deployments. */
import type { TypeShapes } from '../../config/shape/shape.ts';
import { textField, flag, optionalSection, sectionList, path, required, textList, unused } from './fields.ts';

const command = textList('The command and its arguments. No shell reads them.', required);
const onHost = {
  command,
  os: textList('The systems that run the hook. Others skip it. Without a list, every system runs it.', {
    examples: ['linux', 'darwin', 'windows'],
  }),
  dir: textField('The working directory. Without it, that of Slipway.', path),
};

const before = (type: string) => sectionList(type, 'Hooks that run before, one after the other.');
const after = (type: string) => sectionList(type, 'Hooks that run after, one after the other.');
const host = (oneOf: string, type = 'HostHook') => optionalSection(type, 'A command on this machine.', { oneOf });

export const hookTypes: TypeShapes = {
  BuildHooks: { label: 'build hooks', fields: { before: before('HostHook'), after: after('HostHook') } },
  SyncHooks: { label: 'sync hooks', fields: { before: before('SyncHookItem'), after: after('SyncHookItem') } },
  SyncHookItem: {
    label: 'a sync hook',
    fields: {
      host: host('sync_hook'),
      container: optionalSection('ContainerHook', 'A command in the container that receives the files.', {
        oneOf: 'sync_hook',
      }),
    },
  },
  RenderHooks: {
    label: 'render hooks',
    fields: { before: before('RenderHookItem'), after: after('PostRenderHookItem') },
  },
  RenderHookItem: { label: 'a render hook', fields: { host: host('render_hook') } },
  PostRenderHookItem: {
    label: 'a hook after rendering',
    fields: { host: host('render_hook', 'PostRenderHostHook') },
  },
  DeployHooks: { label: 'deploy hooks', fields: { before: before('DeployHookItem'), after: after('DeployHookItem') } },
  DeployHookItem: {
    label: 'a deploy hook',
    fields: {
      host: host('deploy_hook'),
      container: optionalSection('NamedContainerHook', 'A command in a deployed container.', { oneOf: 'deploy_hook' }),
    },
  },
  CloudRunDeployHooks: {
    label: 'Cloud Run hooks',
    fields: {
      before: sectionList('HostHook', unused('Hooks that run before the deployment.')),
      after: sectionList('HostHook', unused('Hooks that run after the deployment.')),
    },
  },
  HostHook: { label: 'a hook on this machine', fields: onHost },
  PostRenderHostHook: {
    label: 'a hook on this machine',
    fields: {
      ...onHost,
      withChange: flag('Whether the output of the command replaces the manifests that it reads.'),
    },
  },
  ContainerHook: { label: 'a hook in a container', fields: { command } },
  NamedContainerHook: {
    label: 'a hook in a container',
    fields: {
      command,
      podName: textField('The name of the pod. A pattern matches several pods.', required),
      containerName: textField('The name of the container. A pattern matches several. Without it, all of the pod.'),
    },
  },
};
