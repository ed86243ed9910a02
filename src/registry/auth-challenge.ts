/** What a registry wants to see: `WWW-Authenticate` (RFC 9110, 11.6.1). */
export type AuthChallenge =
  | { readonly scheme: 'basic' }
  | {
      readonly scheme: 'bearer';
      /** The address of the token server. */
      readonly realm: string;
      readonly service?: string;
      readonly scopes: readonly string[];
    };

const part = /\s*(?:,\s*)?([!#$%&'*+.^_`|~\w-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+)))?/y;

/** Returns the challenges that Slipway can answer. A bearer challenge without a realm is none. */
export function parseChallenges(headers: readonly string[]): readonly AuthChallenge[] {
  return headers.flatMap(challengesIn);
}

function challengesIn(header: string): AuthChallenge[] {
  const found: { scheme: string; parameters: Map<string, string> }[] = [];
  part.lastIndex = 0;
  for (let match = part.exec(header); match !== null; match = part.exec(header)) {
    const [, name = '', quoted, plain] = match;
    const value = quoted?.replaceAll(/\\(.)/g, '$1') ?? plain;
    if (value === undefined) found.push({ scheme: name.toLowerCase(), parameters: new Map() });
    else found.at(-1)?.parameters.set(name.toLowerCase(), value);
  }
  return found.flatMap(({ scheme, parameters }): AuthChallenge[] => {
    if (scheme === 'basic') return [{ scheme }];
    const realm = parameters.get('realm');
    if (scheme !== 'bearer' || realm === undefined) return [];
    const service = parameters.get('service');
    const scopes = (parameters.get('scope') ?? '').split(' ').filter((scope) => scope !== '');
    return [{ scheme, realm, ...(service !== undefined && { service }), scopes }];
  });
}
