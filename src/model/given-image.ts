/** An image that exists. */
export interface GivenImage {
  /** Its name in the configuration. Absent: the reference without its tag and digest. */
  readonly name?: string;
  /** With a tag or digest. */
  readonly reference: string;
  /** `--images`: a test must name it. Images of `--build-artifacts` need no test. */
  readonly testMustName?: true;
}
