import { createPrivateKey, sign, type JsonWebKey, type KeyObject } from 'node:crypto';
import { agentMessage, sshString, type SshAgent } from './ssh-agent.ts';

interface AgentKey {
  readonly key: KeyObject;
  /** The public key as SSH writes it. */
  readonly blob: Buffer;
}

/** Bits of a sign request: which hash an RSA signature uses. */
const rsaSha256 = 2;
const rsaSha512 = 4;

/**
 * Returns an agent that holds these keys in memory. Throws an error for people if a key cannot be read.
 * @param keys see `SshKeys`: RSA, ECDSA and Ed25519
 */
export function keyAgent(keys: readonly string[]): SshAgent {
  const known = keys.map(readKey);
  return {
    answer: async (request) => await Promise.resolve(answerWith(known, request)),
    close: () => undefined,
  };
}

function answerWith(known: readonly AgentKey[], request: Buffer): Buffer {
  if (request[0] === agentMessage.requestIdentities)
    return Buffer.concat([
      Buffer.from([agentMessage.identities]),
      uint32(known.length),
      ...known.flatMap(({ blob }) => [sshString(blob), sshString('')]),
    ]);
  if (request[0] === agentMessage.signRequest) {
    const fields = new SshReader(request.subarray(1));
    const [blob, data, flags] = [fields.string(), fields.string(), fields.uint32()];
    const found = known.find((each) => each.blob.equals(blob));
    if (found !== undefined)
      return Buffer.concat([
        Buffer.from([agentMessage.signature]),
        sshString(Buffer.concat(signature(found.key, data, flags).map(sshString))),
      ]);
  }
  return Buffer.from([agentMessage.failure]);
}

/** Returns the name of the algorithm and the signature. */
function signature(key: KeyObject, data: Buffer, flags: number): readonly [algorithm: string, bytes: Buffer] {
  const { kty, crv } = key.export({ format: 'jwk' });
  if (kty === 'OKP') return ['ssh-ed25519', sign(null, data, key)];
  if (kty === 'RSA') {
    if (flags & rsaSha512) return ['rsa-sha2-512', sign('sha512', data, key)];
    if (flags & rsaSha256) return ['rsa-sha2-256', sign('sha256', data, key)];
    return ['ssh-rsa', sign('sha1', data, key)];
  }
  const curve = curveOf(crv);
  const both = sign(curve.hash, data, { key, dsaEncoding: 'ieee-p1363' });
  const half = both.length / 2;
  return [
    `ecdsa-sha2-${curve.ssh}`,
    Buffer.concat([sshNumber(both.subarray(0, half)), sshNumber(both.subarray(half))]),
  ];
}

const curves = [
  { jwk: 'P-256', ssh: 'nistp256', hash: 'sha256' },
  { jwk: 'P-384', ssh: 'nistp384', hash: 'sha384' },
  { jwk: 'P-521', ssh: 'nistp521', hash: 'sha512' },
] as const;

/** @param name in either notation */
function curveOf(name: string | undefined): (typeof curves)[number] {
  const found = curves.find(({ jwk, ssh }) => name === jwk || name === ssh);
  if (found === undefined) throw new Error(`unsupported curve: ${name ?? 'unnamed'}`);
  return found;
}

function readKey(text: string): AgentKey {
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([\sA-Za-z0-9+/=]+)-----END OPENSSH PRIVATE KEY-----/.exec(
    text,
  )?.[1];
  const key = body === undefined ? pemKey(text) : openSshKey(Buffer.from(body, 'base64'));
  return { key, blob: Buffer.concat(publicFields(key).map(sshString)) };
}

function pemKey(text: string): KeyObject {
  if (/ENCRYPTED/.test(text)) throw new Error(encrypted);
  try {
    return createPrivateKey(text);
  } catch {
    // The error of the library may quote the key.
    throw new Error('not a private key in OpenSSH or PEM format');
  }
}

const encrypted = 'the key has a passphrase: add it to an ssh-agent, and forward the agent';

/** Reads a key file of OpenSSH (its `PROTOCOL.key`). */
function openSshKey(bytes: Buffer): KeyObject {
  const magic = Buffer.from('openssh-key-v1\0');
  if (!bytes.subarray(0, magic.length).equals(magic)) throw new Error('the OpenSSH key file is damaged');
  const file = new SshReader(bytes.subarray(magic.length));
  const cipher = file.string().toString();
  file.string();
  file.string();
  file.uint32();
  file.string();
  if (cipher !== 'none') throw new Error(encrypted);
  const fields = new SshReader(file.string());
  // Two equal numbers, which show that decryption worked.
  fields.uint32();
  fields.uint32();
  return createPrivateKey({ format: 'jwk', key: privateJwk(fields.string().toString(), fields) });
}

function privateJwk(type: string, fields: SshReader): JsonWebKey {
  if (type === 'ssh-ed25519') {
    const [x, both] = [fields.string(), fields.string()];
    return { kty: 'OKP', crv: 'Ed25519', x: base64url(x), d: base64url(both.subarray(0, 32)) };
  }
  if (type === 'ssh-rsa') {
    const [n, e, d, qi, p, q] = [0, 1, 2, 3, 4, 5].map(() => fields.string());
    if (!n || !e || !d || !qi || !p || !q) throw new Error('the OpenSSH key file is damaged');
    const rest = (prime: Buffer) => bytesOf(numberOf(d) % (numberOf(prime) - 1n));
    const [dp, dq] = [rest(p), rest(q)];
    return { kty: 'RSA', ...jwkNumbers({ n, e, d, qi, p, q, dp, dq }) };
  }
  if (type.startsWith('ecdsa-sha2-nistp')) {
    const curve = curveOf(fields.string().toString());
    // 4, then both coordinates.
    const point = fields.string().subarray(1);
    const half = point.length / 2;
    const d = withoutZeros(fields.string());
    return {
      kty: 'EC',
      crv: curve.jwk,
      x: base64url(point.subarray(0, half)),
      y: base64url(point.subarray(half)),
      d: base64url(Buffer.concat([Buffer.alloc(Math.max(0, half - d.length)), d])),
    };
  }
  throw new Error(`unsupported key type: ${type}`);
}

/** Returns the fields of a public key (RFC 4253, 6.6; RFC 5656, 3.1; RFC 8709, 4). */
function publicFields(key: KeyObject): readonly (Buffer | string)[] {
  const { kty, crv, n = '', e = '', x = '', y = '' } = key.export({ format: 'jwk' });
  const bytes = (text: string) => Buffer.from(text, 'base64url');
  if (kty === 'RSA') return ['ssh-rsa', positive(bytes(e)), positive(bytes(n))];
  if (kty === 'OKP' && crv === 'Ed25519') return ['ssh-ed25519', bytes(x)];
  const { ssh } = curveOf(crv);
  return [`ecdsa-sha2-${ssh}`, ssh, Buffer.concat([Buffer.from([4]), bytes(x), bytes(y)])];
}

function jwkNumbers(numbers: Readonly<Record<string, Buffer>>): JsonWebKey {
  return Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, base64url(withoutZeros(value))]));
}

/** Reads the fields of a message. Throws if it ends within one. */
class SshReader {
  #at = 0;
  readonly #bytes: Buffer;
  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  uint32(): number {
    return this.#take(4).readUInt32BE(0);
  }

  string(): Buffer {
    return this.#take(this.uint32());
  }

  #take(length: number): Buffer {
    if (this.#at + length > this.#bytes.length) throw new Error('the SSH message is truncated');
    return this.#bytes.subarray(this.#at, (this.#at += length));
  }
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function sshNumber(bytes: Buffer): Buffer {
  return sshString(positive(bytes));
}

/** Returns the bytes of a positive `mpint`: as few as possible, with a zero before a set first bit (RFC 4251, 5). */
function positive(bytes: Buffer): Buffer {
  const short = withoutZeros(bytes);
  return (short[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), short]) : short;
}

function withoutZeros(bytes: Buffer): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  return bytes.subarray(first === -1 ? bytes.length : first);
}

function numberOf(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString('hex')}`);
}

function bytesOf(value: bigint): Buffer {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
}

function base64url(bytes: Buffer): string {
  return bytes.toString('base64url');
}
