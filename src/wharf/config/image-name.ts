/**
 * What can be the name and the tags of an image (the grammar of OCI references, in which a repository has no capital
 * letters; those are made small before the name is used, as Git hosts allow them in the names of groups).
 */

export type Fit = { readonly fits: true } | { readonly fits: false; readonly why: string; readonly instead?: string };

const fits: Fit = { fits: true };
const component = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const host =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*(?::\d{1,5})?$|^\[[0-9a-fA-F:]+\](?::\d{1,5})?$/;
const longestName = 255;
const longestTag = 128;

export function fitsAsTag(tag: string): Fit {
  if (/^\w[\w.-]*$/.test(tag) && tag.length <= longestTag) return fits;
  if (tag.length > longestTag)
    return { fits: false, why: `is longer than ${longestTag} characters`, instead: tag.slice(0, longestTag) };
  const instead = tag.replaceAll(/[^\w.-]+/g, '-').replace(/^[.-]+/, '');
  return { fits: false, why: 'is no tag of an image', ...(instead !== '' && { instead }) };
}

/** A whole name without a tag: `registry.example.org/team/app`, or `app`. */
export function fitsAsImage(name: string): Fit {
  const beside = schemeOrTag(name);
  if (beside) return beside;
  const [first = '', ...rest] = name.split('/');
  // What makes a host of a first component (Docker's rule): a dot, a port, or `localhost`.
  const hasHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  return hasHost && host.test(first) ? fitsAsPath(rest.join('/'), `${first}/`) : fitsAsPath(name);
}

/** The beginning of a name: a host, and maybe components behind it. */
export function fitsAsRegistry(name: string): Fit {
  const beside = schemeOrTag(`${name}/x`);
  if (beside)
    return { ...beside, ...(!beside.fits && beside.instead !== undefined && { instead: beside.instead.slice(0, -2) }) };
  const [first = '', ...rest] = name.split('/');
  if (!host.test(first)) return { fits: false, why: 'is no registry' };
  return rest.length === 0 ? fits : fitsAsPath(rest.join('/'), `${first}/`);
}

/** One or several components of a name. @param before what stands before them, for what is suggested */
export function fitsAsPath(path: string, before = ''): Fit {
  const components = path.toLowerCase().split('/');
  if (components.every((one) => component.test(one)) && before.length + path.length <= longestName) return fits;
  if (before.length + path.length > longestName)
    return { fits: false, why: `is longer than ${longestName} characters` };
  const instead = components
    .map((one) =>
      one
        .replaceAll(/[^a-z0-9._-]+/g, '-')
        .replaceAll(/\.{2,}|_{3,}|[._-]{2,}(?=[a-z0-9])/g, '-')
        .replaceAll(/^[._-]+|[._-]+$/g, ''),
    )
    .filter((one) => one !== '')
    .join('/');
  return { fits: false, why: 'is no name of an image', ...(instead !== '' && { instead: before + instead }) };
}

function schemeOrTag(name: string): Fit | undefined {
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(name)?.[0];
  if (scheme !== undefined)
    return {
      fits: false,
      why: `begins with ${scheme}, which is no part of an image's name`,
      instead: name.slice(scheme.length),
    };
  const last = name.slice(name.lastIndexOf('/') + 1);
  const tag = /[:@]/.exec(last);
  if (tag)
    return {
      fits: false,
      why: 'has a tag or digest, which belongs into `tag`',
      instead: name.slice(0, name.length - last.length + tag.index),
    };
  return undefined;
}
