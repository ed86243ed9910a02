/** A tar that is invalid, or that has a forbidden entry. */
export class TarError extends Error {
  override readonly name = 'TarError';
  constructor(
    /**
     * `truncated`: it ends before its end marker. `not-a-tar`: a header is invalid. `unsupported`: an unusual format
     * (sparse files). `refused`: an entry outside of the folder, or a device.
     */
    readonly code: 'truncated' | 'not-a-tar' | 'unsupported' | 'refused',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
