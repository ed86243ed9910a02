import { trimSpace } from '../go-text.ts';
import { FunctionFailed } from '../function-stop.ts';
import { takes, takesMore, text, whole, type FunctionTable, type Tools } from '../template-function.ts';
import { int } from '../values.ts';

const [digits, letters] = ['0123456789', 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'];
/** The characters of ASCII that print. */
const ascii = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('');

/** Returns a whole number from 0 to below `limit`, all equally likely. */
function randomBelow(limit: number, { surroundings, budget }: Tools): number {
  const usable = Math.floor(2 ** 48 / limit) * limit;
  for (;;) {
    // A random number takes longer than most functions.
    budget.step(8);
    const number = Buffer.from(surroundings.randomBytes(6)).readUIntBE(0, 6);
    if (number < usable) return number % limit;
  }
}

const randomText = (alphabet: string) =>
  takes([whole], (count, tools) => {
    let out = '';
    for (let at = 0; at < count; at++) out += alphabet[randomBelow(alphabet.length, tools)] ?? '';
    return out;
  });

function shuffled(value: string, tools: Tools): string {
  const characters = [...value];
  for (let at = characters.length - 1; at > 0; at--) {
    const other = randomBelow(at + 1, tools);
    [characters[at], characters[other]] = [characters[other] ?? '', characters[at] ?? ''];
  }
  return characters.join('');
}

function uuid({ surroundings }: Tools): string {
  const bytes = Buffer.from(surroundings.randomBytes(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** A name in braces has no `$`, so that many unfinished ones take no long time. */
const variable = /\$(?:\{([^}$]*)\}|([*#$@!?\-\d])|([A-Za-z_]\w*)|\{)/g;

/** Fills `$name` and `${name}`. Undefined variables are empty, and so are unfinished ones. Any other dollar stays. */
function expanded(value: string, { surroundings, budget }: Tools): string {
  return value.replaceAll(variable, (_, braced?: string, special?: string, bare?: string) => {
    const found = surroundings.environment(braced ?? special ?? bare ?? '') ?? '';
    budget.text(found.length);
    return found;
  });
}

function randomInt(least: number, limit: number, tools: Tools): number {
  const count = limit - least;
  if (count <= 0 || count > 2 ** 47) throw new FunctionFailed(`no number is between ${least} and ${limit}`);
  return least + randomBelow(count, tools);
}

/** Functions that read the environment or random numbers, or run a program. */
export const surroundingFunctions: FunctionTable = {
  env: takes([text], (name, { surroundings }) => surroundings.environment(name) ?? ''),
  expandenv: takes([text], expanded),
  uuidv4: takes([], uuid),
  randAlphaNum: randomText(letters + digits),
  randAlpha: randomText(letters),
  randNumeric: randomText(digits),
  randAscii: randomText(ascii),
  randBytes: takes([whole], (count, { surroundings, budget }) => {
    if (count < 0) throw new FunctionFailed('negative count');
    budget.text(count * 2);
    return Buffer.from(surroundings.randomBytes(count)).toString('base64');
  }),
  randInt: takes([whole, whole], (least, limit, tools) => int(randomInt(least, limit, tools))),
  shuffle: takes([text], shuffled),
  // Skaffold adds this one. The program gets its arguments as they are, without a shell.
  cmd: takesMore([text], text, (program, args, { surroundings }) => {
    const result = surroundings.run(program, args);
    if ('failure' in result) throw new FunctionFailed(result.failure);
    return trimSpace(result.output);
  }),
};
