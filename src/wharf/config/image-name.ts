/**
 * Checks image names and tags (the OCI reference grammar). OCI repositories have no capital letters. Git hosts allow
 * them in group names, so Slipway lowercases them first.
 */

export type Fit = { readonly fits: true } | { readonly fits: false; readonly why: string; readonly instead?: string };

const fits: Fit = { fits: true };
const component = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const host =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*(?::\d+)?$|^\[[0-9a-fA-F:]+\](?::\d+)?$/;
const highestPort = 65_535;
const longestName = 255;
const longestTag = 128;

export function fitsAsTag(tag: string): Fit {
  if (/^\w[\w.-]*$/.test(tag) && tag.length <= longestTag) return fits;
  if (tag.length > longestTag)
    return { fits: false, why: `is longer than ${longestTag} characters`, instead: tag.slice(0, longestTag) };
  const instead = tag.replaceAll(/[^\w.-]+/g, '-').replace(/^[.-]+/, '');
  return { fits: false, why: 'is not a valid image tag', ...(instead !== '' && { instead }) };
}

/** Checks a full name without a tag: `registry.example.org/team/app` or `app`. */
export function fitsAsImage(name: string): Fit {
  const beside = schemeOrTag(name);
  if (beside) return beside;
  const first = hostOf(name);
  return badPort(first) ?? fitsAsPath(name.slice(first.length), first);
}

/**
 * Returns the host of a name with its slash, or '' if it has none. The first component is a host if it contains a dot or
 * a port, or is `localhost` (Docker's rule).
 */
function hostOf(name: string): string {
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(slash, 0));
  return (/[.:]/.test(first) || first === 'localhost') && host.test(first) ? `${first}/` : '';
}

/** @param host a valid host, with a slash after it or without */
function badPort(host: string): Fit | undefined {
  const port = /:(\d+)\/?$/.exec(host)?.[1];
  if (port === undefined || (Number(port) >= 1 && Number(port) <= highestPort)) return undefined;
  return { fits: false, why: `has an invalid port: it must be between 1 and ${highestPort}` };
}

/** Checks a reference that an engine gets as it is written: a name, perhaps with a tag, perhaps with a digest. */
export function fitsAsReference(text: string): Fit {
  const [named = '', digest] = splitAt(text, text.indexOf('@'));
  const colon = named.lastIndexOf(':');
  const [name = '', tag] = splitAt(named, colon > named.lastIndexOf('/') ? colon : -1);
  const fit = fitsAsImage(name);
  if (!fit.fits) return fit;
  const path = name.slice(hostOf(name).length);
  if (/[A-Z]/.test(path)) {
    const instead = text.replace(path, path.toLowerCase());
    return { fits: false, why: 'has uppercase letters, which engines reject', instead };
  }
  if (digest !== undefined && !/^[A-Za-z][\w+.-]*:[0-9a-fA-F]{32,}$/.test(digest))
    return { fits: false, why: 'has an invalid digest' };
  const tagged = tag === undefined ? fits : fitsAsTag(tag);
  if (tagged.fits || tagged.instead === undefined) return tagged;
  return { ...tagged, instead: text.replace(`:${tag}`, `:${tagged.instead}`) };
}

function splitAt(text: string, at: number): readonly [string, string?] {
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** Checks the start of a name: a host, optionally with components after it. */
export function fitsAsRegistry(name: string): Fit {
  const beside = schemeOrTag(`${name}/x`);
  if (beside)
    return { ...beside, ...(!beside.fits && beside.instead !== undefined && { instead: beside.instead.slice(0, -2) }) };
  const [first = '', ...rest] = name.split('/');
  if (!host.test(first)) return { fits: false, why: 'is not a valid registry' };
  const wrong = badPort(first);
  if (wrong) return wrong;
  return rest.length === 0 ? fits : fitsAsPath(rest.join('/'), `${first}/`);
}

/**
 * Checks one or more components of a name.
 * @param before the text before them, for the suggestion
 */
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
  return { fits: false, why: 'is not a valid image name', ...(instead !== '' && { instead: before + instead }) };
}

function schemeOrTag(name: string): Fit | undefined {
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(name)?.[0];
  if (scheme !== undefined)
    return {
      fits: false,
      why: `begins with ${scheme}, but an image name has no scheme`,
      instead: name.slice(scheme.length),
    };
  const last = name.slice(name.lastIndexOf('/') + 1);
  const tag = /[:@]/.exec(last);
  if (tag)
    return {
      fits: false,
      why: 'has a tag or digest: write it in `tag`',
      instead: name.slice(0, name.length - last.length + tag.index),
    };
  return undefined;
}
