/**
 * All commands, in the order of the help. A command's file defines its arguments. It is loaded only when the command is
 * called.
 */
import type { Command } from 'commander';
import type { Invocation } from './invocation.ts';
import { runFormat } from './run-format.ts';

export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly hidden?: true;
  /** @param invocation where the command is called: `run` depends on the project */
  load(invocation: Invocation): Promise<{ readonly define: (command: Command, invocation: Invocation) => void }>;
}

export const commandTable: readonly CommandEntry[] = [
  {
    name: 'run',
    summary: 'run a pipeline; or build, test and deploy a skaffold.yaml',
    load: async (invocation) => {
      const format = runFormat(invocation);
      if (format === 'skaffold') return await import('./commands/run-skaffold.ts');
      return format === 'pipeline' ? await import('./commands/run.ts') : await import('./commands/run-either.ts');
    },
  },
  {
    name: 'validate',
    summary: 'report every mistake in the configuration',
    load: async () => await import('./commands/validate.ts'),
  },
  {
    name: 'build',
    summary: 'build the artifacts of a skaffold.yaml',
    load: async () => await import('./commands/build.ts'),
  },
  {
    name: 'test',
    summary: 'build and test the artifacts of a skaffold.yaml',
    load: async () => await import('./commands/test.ts'),
  },
  {
    name: 'render',
    summary: 'print the manifests of a skaffold.yaml with the images of its artifacts',
    load: async () => await import('./commands/render.ts'),
  },
  {
    name: 'deploy',
    summary: 'deploy a skaffold.yaml with images that exist',
    load: async () => await import('./commands/deploy.ts'),
  },
  {
    name: 'apply',
    summary: 'deploy files of rendered manifests',
    load: async () => await import('./commands/apply.ts'),
  },
  {
    name: 'delete',
    summary: 'remove what a skaffold.yaml deployed',
    load: async () => await import('./commands/delete.ts'),
  },
  {
    name: 'verify',
    summary: 'run the verifications of a skaffold.yaml',
    load: async () => await import('./commands/verify.ts'),
  },
  {
    name: 'exec',
    summary: 'run a custom action of a skaffold.yaml',
    load: async () => await import('./commands/exec.ts'),
  },
  {
    name: 'init',
    summary: 'write a skaffold.yaml for a project that has none',
    load: async () => await import('./commands/init.ts'),
  },
  {
    name: 'cache',
    summary: 'list, prune and explain the artifact cache of builds',
    load: async () => await import('./commands/cache.ts'),
  },
  {
    name: 'diagnose',
    summary: 'show what a skaffold.yaml means: profiles, modules and defaults applied',
    load: async () => await import('./commands/diagnose.ts'),
  },
  {
    name: 'fix',
    summary: 'upgrade a skaffold.yaml to the newest version',
    load: async () => await import('./commands/fix.ts'),
  },
  {
    name: 'vars',
    summary: 'list variables and their sources; substitute them',
    load: async () => await import('./commands/vars.ts'),
  },
  {
    name: 'explain',
    summary: 'explain a diagnostic code',
    load: async () => await import('./commands/explain.ts'),
  },
  {
    name: 'schema',
    summary: 'print the JSON Schema of a configuration file, for editors',
    load: async () => await import('./commands/schema.ts'),
  },
  { name: 'runs', summary: 'list runs', load: async () => await import('./commands/runs.ts') },
  { name: 'show', summary: 'show the state of a run', load: async () => await import('./commands/show.ts') },
  { name: 'logs', summary: 'print the output of steps', load: async () => await import('./commands/logs.ts') },
  { name: 'events', summary: 'print the event log of a run', load: async () => await import('./commands/events.ts') },
  {
    name: 'artifacts',
    summary: 'list or fetch the artifacts of a run',
    load: async () => await import('./commands/artifacts.ts'),
  },
  {
    name: 'why',
    summary: 'say why artifacts were built, and steps skipped',
    load: async () => await import('./commands/why.ts'),
  },
  { name: 'cancel', summary: 'cancel a run', load: async () => await import('./commands/cancel.ts') },
  { name: 'rerun', summary: 'run the plan of a run again', load: async () => await import('./commands/rerun.ts') },
  { name: 'resume', summary: 'resume an interrupted run', load: async () => await import('./commands/resume.ts') },
  {
    name: 'shell',
    summary: 'open a shell in a kept step',
    load: async () => await import('./commands/shell.ts'),
  },
  {
    name: 'doctor',
    summary: 'check engines, clusters and builders; clean up after dead runs',
    load: async () => await import('./commands/doctor.ts'),
  },
  { name: 'prune', summary: 'remove old runs', load: async () => await import('./commands/prune.ts') },
  {
    name: 'completion',
    summary: 'print a completion script for a shell',
    load: async () => await import('./commands/completion.ts'),
  },
  { name: 'help', summary: 'print the help of a command', load: async () => await import('./commands/help.ts') },
  {
    name: '__complete',
    summary: 'print candidates for the word under the cursor',
    hidden: true,
    load: async () => await import('./commands/complete.ts'),
  },
];
