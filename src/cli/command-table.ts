/**
 * All commands, in the order of the help. What a command takes is known to its own file only, which is loaded when it
 * is called.
 */
import type { Command } from 'commander';
import type { Invocation } from './invocation.ts';

export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly hidden?: true;
  load(): Promise<{ readonly define: (command: Command, invocation: Invocation) => void }>;
}

export const commandTable: readonly CommandEntry[] = [
  { name: 'run', summary: 'run a pipeline', load: async () => await import('./commands/run.ts') },
  {
    name: 'validate',
    summary: 'show every mistake in the configuration',
    load: async () => await import('./commands/validate.ts'),
  },
  {
    name: 'vars',
    summary: 'see variables and where they come from; fill them in',
    load: async () => await import('./commands/vars.ts'),
  },
  {
    name: 'explain',
    summary: 'say more about a kind of mistake',
    load: async () => await import('./commands/explain.ts'),
  },
  {
    name: 'schema',
    summary: 'print the JSON Schema of a configuration file, for editors',
    load: async () => await import('./commands/schema.ts'),
  },
  { name: 'runs', summary: 'list runs', load: async () => await import('./commands/runs.ts') },
  { name: 'show', summary: 'show how a run went, or goes', load: async () => await import('./commands/show.ts') },
  { name: 'logs', summary: 'print what steps printed', load: async () => await import('./commands/logs.ts') },
  { name: 'events', summary: 'print the event log of a run', load: async () => await import('./commands/events.ts') },
  {
    name: 'artifacts',
    summary: 'list or fetch the files that steps made',
    load: async () => await import('./commands/artifacts.ts'),
  },
  { name: 'cancel', summary: 'cancel a run', load: async () => await import('./commands/cancel.ts') },
  { name: 'rerun', summary: 'run again what a run had planned', load: async () => await import('./commands/rerun.ts') },
  { name: 'resume', summary: 'go on with an interrupted run', load: async () => await import('./commands/resume.ts') },
  {
    name: 'shell',
    summary: 'open a shell in a step that was kept',
    load: async () => await import('./commands/shell.ts'),
  },
  {
    name: 'doctor',
    summary: 'see what this machine has and lacks; clean up after dead runs',
    load: async () => await import('./commands/doctor.ts'),
  },
  { name: 'prune', summary: 'remove old runs', load: async () => await import('./commands/prune.ts') },
  {
    name: 'completion',
    summary: 'print a script that completes commands in a shell',
    load: async () => await import('./commands/completion.ts'),
  },
  { name: 'help', summary: 'print help on a command', load: async () => await import('./commands/help.ts') },
  {
    name: '__complete',
    summary: 'candidates for the word under the cursor',
    hidden: true,
    load: async () => await import('./commands/complete.ts'),
  },
];
