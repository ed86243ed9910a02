/** Bytes that are special in more than one encoding. */
export const codes = {
  lineFeed: 0x0a,
  carriageReturn: 0x0d,
  blank: 0x20,
  percent: 0x25,
  plus: 0x2b,
  slash: 0x2f,
  zero: 0x30,
  two: 0x32,
  three: 0x33,
  equals: 0x3d,
  backslash: 0x5c,
  n: 0x6e,
  r: 0x72,
  u: 0x75,
} as const;

/** By byte: the value of a hexadecimal digit in either case, or -1. */
export const hexValues = valuesOf((text) => (/^[0-9a-fA-F]$/.test(text) ? parseInt(text, 16) : -1));

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** By byte: the value of a base64 character in either alphabet, or -1. */
export const base64Values = valuesOf((text) => {
  if ('+-'.includes(text)) return 62;
  return '/_'.includes(text) ? 63 : alphabet.indexOf(text);
});

function valuesOf(valueOf: (character: string) => number): Int8Array {
  return Int8Array.from({ length: 256 }, (_, byte) => valueOf(String.fromCharCode(byte)));
}
