/** A program that holds the network of a workload, and forwards ports. It runs in any image. */
export interface HolderProgram {
  readonly path: string;
  tar(): AsyncIterable<Uint8Array>;
}

/** @param architecture as the engine reports it for an image: `amd64` */
export function holderProgram(architecture: string | undefined): HolderProgram | undefined {
  void architecture;
  return undefined;
}
