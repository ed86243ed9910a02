import { problem } from '../problem.ts';
import { longestArgument } from '../../model/argument-limit.ts';
import type { Report } from '../../diagnostics/problem.ts';
import { dnsLabelForm, dnsSubdomainForm, longestDnsLabel } from '../../util/kubernetes-names.ts';
import type { VariableText } from './definition.ts';
import type { Fit } from './image-name.ts';
import { leadsOutside } from './workspace-path.ts';

type Rule = NonNullable<VariableText['rule']>;

function form(pattern: RegExp, longest: number, what: string, example: string): Rule {
  return (filled, { field, at }, report) => {
    if (filled.length > longest || !pattern.test(filled))
      report(problem('W077', at, { field, value: filled, what, example }));
  };
}

/** A DNS label (RFC 1123), as Kubernetes requires. */
export const isNamespace = form(dnsLabelForm, longestDnsLabel, 'namespace name', 'my-app');

/** Helm names an object after the release and adds to the name, so it must be shorter than the limit of Kubernetes. */
export const isReleaseName = form(dnsSubdomainForm, 53, 'release name', 'my-app');

/** A `kubectl` command that takes files. Only one word, so that it cannot add arguments. */
export const isVerb = form(/^[a-z][a-z-]*$/, 40, 'kubectl command', 'apply');

/** The URL of a chart repository. Helm requires a scheme. */
export const isRepository = form(
  /^[a-z][a-z0-9+.-]*:\/\/[^\s/]+/i,
  2000,
  'repository URL',
  'https://charts.example.org/stable',
);

/** A mount path in a container. */
export const isMountPath = form(/^\/[^/]/, 4096, 'absolute path', '/usr/local/share/ca-certificates');

/** An argument that a program must not parse as an option. */
export const isNoOption = form(/^(?!-)/, 4096, 'value: values must not start with `-`', 'web-app');

/** A path inside the workspace, or a name that refers to something elsewhere. */
export const staysInsideIfPath: Rule = (filled, text, report) => {
  if (/^[./\\~]/.test(filled) && leadsOutside(filled))
    report(problem('W027', text.at, { field: text.field, path: filled }));
  else isNoOption(filled, text, report);
};

/**
 * Accepts what Linux accepts as an argument or an environment variable.
 * @param before the text before the value in the same argument or variable, such as `NAME=`
 */
export function fitsAsArgument(before: string): Rule {
  return (filled, { field, at }, report) => {
    const bytes = Buffer.byteLength(before) + Buffer.byteLength(filled);
    if (bytes > longestArgument) report(problem('W047', at, { field, bytes, limit: longestArgument }));
  };
}

/** Reports why a text is no image name or tag. */
export function reportUnfit(
  fit: Fit,
  value: string,
  { field, at }: Pick<VariableText, 'field' | 'at'>,
  report: Report,
): void {
  if (!fit.fits)
    report(
      problem('W070', at, { field, value, why: fit.why, ...(fit.instead !== undefined && { instead: fit.instead }) }),
    );
}
