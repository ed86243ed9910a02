/** A tar that cannot be read, or that asks for what is never done. */
export class TarError extends Error {
  override readonly name = 'TarError';
  constructor(
    /**
     * `truncated`: it ends before its end marker. `not-a-tar`: what is there is no header. `unsupported`: a form that
     * nobody here writes (sparse files). `refused`: an entry that leads out of the folder, or a device.
     */
    readonly code: 'truncated' | 'not-a-tar' | 'unsupported' | 'refused',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
