/**
 * Replaces `$NAME` and `${NAME}` by known variables. Others stay as they are written, so that a shell in the container can
 * read its own. (container-structure-test replaces them by nothing.)
 */
export function expandVariables(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replaceAll(
    /\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))/g,
    (written, braced?: string, bare?: string) => variables.get(braced ?? bare ?? '') ?? written,
  );
}

/** Returns `NAME=VALUE` pairs as a map. */
export function variablesOf(env: readonly string[]): Map<string, string> {
  return new Map(
    env.map((text) => {
      const equals = text.indexOf('=');
      return equals < 0 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)];
    }),
  );
}
