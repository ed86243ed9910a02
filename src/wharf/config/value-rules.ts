import { problem } from '../../diagnostics/problem.ts';
import { longestArgument } from '../../model/argument-limit.ts';
import type { VariableText } from './definition.ts';
import { leadsOutside } from './workspace-path.ts';

type Rule = NonNullable<VariableText['rule']>;

function form(pattern: RegExp, longest: number, what: string, example: string): Rule {
  return (filled, { field, at }, report) => {
    if (filled.length > longest || !pattern.test(filled))
      report(problem('W077', at, { field, value: filled, what, example }));
  };
}

const dnsLabel = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;

/** A DNS label (RFC 1123), as Kubernetes wants it. */
export const isNamespace = form(dnsLabel, 63, 'name of a namespace', 'my-app');

/** Helm keeps a release in an object that is named after it, and leaves room for what it adds. */
export const isReleaseName = form(
  /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/,
  53,
  'name of a release',
  'my-app',
);

/** A verb of `kubectl` that takes files; one word, so that nothing else can be smuggled in. */
export const isVerb = form(/^[a-z][a-z-]*$/, 40, 'command of kubectl', 'apply');

/** Of a chart's repository: Helm takes nothing without a scheme. */
export const isRepository = form(
  /^[a-z][a-z0-9+.-]*:\/\/[^\s/]+/i,
  2000,
  'address of a repository',
  'https://charts.example.org/stable',
);

/** Where something is mounted in a container. */
export const isMountPath = form(/^\/[^/]/, 4096, 'absolute path', '/usr/local/share/ca-certificates');

/** Text that is handed to a program as an argument of its own, and must not be taken for an option. */
export const isNoOption = form(/^(?!-)/, 4096, 'value but an option', 'web-app');

/** A path from the workspace's root, unless it is a name of something elsewhere. */
export const staysInsideIfPath: Rule = (filled, text, report) => {
  if (/^[./\\~]/.test(filled) && leadsOutside(filled))
    report(problem('W027', text.at, { field: text.field, path: filled }));
  else isNoOption(filled, text, report);
};

/**
 * Accepts what Linux takes as an argument or a variable of the environment.
 * @param before what stands before the value in the same argument or variable, such as `NAME=`
 */
export function fitsAsArgument(before: string): Rule {
  return (filled, { field, at }, report) => {
    const bytes = Buffer.byteLength(before) + Buffer.byteLength(filled);
    if (bytes > longestArgument) report(problem('W047', at, { field, bytes, limit: longestArgument }));
  };
}
