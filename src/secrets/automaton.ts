import { FirstPairs, margin } from './first-pairs.ts';
import { complete, mostNodes, type Token } from './token.ts';

/** A way to write a secret, as elements one after the other. */
export interface Pattern {
  readonly tokens: readonly Token[];
  /** Elements that a line may begin with, besides the first: the ones before are somewhere else. */
  readonly lineStarts?: readonly number[];
}

/**
 * Where a scan stands: in which patterns, how deep, and with how many bytes behind it. It says all about the bytes so far that
 * matters for those to come, so that a scan can be left and gone on with.
 */
export interface Position {
  /** The longest suffix of what was read that is a prefix of a secret, in bytes. */
  readonly open: number;
}

interface State extends Position {
  /** Where in which pattern, ascending: the number of the element, times `mostNodes`, plus the node. */
  readonly places: Int32Array;
  /** How many bytes ago each was begun. Of two that come to the same place, the one that was begun first. */
  readonly lengths: Int32Array;
  /** The longest secret that ends with the last byte; 0: none does. */
  readonly found: number;
  readonly key: string;
  /** Where its moves begin in the table, if that is of this generation. */
  row: number;
  generation: number;
}

/** Where the table says nothing: a move that was not made yet, or one that ends a secret. */
const unknown = -1;
/** Bytes there are, and so moves of a state: a state's row in the table begins at its number. */
const rowLength = 256;
const mostStates = 16_384;
/** The place after a backslash, where an `n` may be the end of a line. */
const afterBackslash = -1;
const [lineFeed, backslash, letterN] = [0x0a, 0x5c, 0x6e];

/**
 * Finds all patterns in one pass. What would be a machine of many states at once is turned into one of single states as it is needed:
 * each state that is met is kept with its moves in a table, so that a byte costs one look-up. Output comes to few of them, and where
 * it comes to many, they are forgotten and begun anew.
 */
export class Automaton {
  readonly #tokens: readonly Token[];
  /** Whether an element is the last of its pattern. */
  readonly #lasts: readonly boolean[];
  /** By byte: where it leads to from the beginning of any pattern, and whether it is a whole one. */
  readonly #starts = new Map<number, { readonly places: number[]; whole: boolean }>();
  readonly #lineStarts: readonly number[];
  #table = new Int32Array(0);
  #states: State[] = [];
  #byKey = new Map<string, State>();
  /** States that moves from a state lead to which end a secret, which are not in the table: by state and byte. */
  #endings = new Map<number, State>();
  #generation = 0;
  readonly #firstPairs = new FirstPairs();
  /** In no pattern at all. */
  readonly #root: State = stateOf(new Map(), 0);
  /** As at the beginning of a line. */
  readonly start: Position;

  constructor(patterns: readonly Pattern[]) {
    this.#tokens = patterns.flatMap(({ tokens }) => tokens);
    this.#lasts = patterns.flatMap(({ tokens }) => tokens.map((_, i) => i === tokens.length - 1));
    const firsts: number[] = [];
    const lineStarts: number[] = [];
    let first = 0;
    for (const { tokens, lineStarts: begins = [] } of patterns) {
      this.#addStart(first);
      firsts.push(first * mostNodes);
      lineStarts.push(...begins.map((begin) => (first + begin) * mostNodes));
      first += tokens.length;
    }
    this.#lineStarts = lineStarts;
    for (const place of [...firsts, ...lineStarts]) for (const next of this.#addPairs(place)) this.#addPairs(next);
    this.start = stateOf(new Map(lineStarts.map((place) => [place, 0])), 0);
  }

  /**
   * Reads on from a position.
   * @param found told of each secret: where it ends in the bytes (exclusive), and how long it is, with what came before them
   */
  scan(from: Position, bytes: Uint8Array, found: (end: number, length: number) => void): Position {
    let { row } = this.#current(from as State);
    let { row: root } = this.#current(this.#root);
    let table = this.#table;
    let nextSkip = 0;
    for (let i = 0; i < bytes.length; i++) {
      if (row === root && i >= nextSkip) {
        i = this.#firstPairs.skip(bytes, i);
        nextSkip = i + margin + 1;
      }
      const byte = bytes[i] as number;
      const next = table[row + byte] as number;
      if (next >= 0) {
        row = next;
        continue;
      }
      const state = this.#move(this.#stateAt(row), byte);
      if (state.found > 0) found(i + 1, state.found);
      ({ row } = state);
      ({ row: root } = this.#current(this.#root));
      table = this.#table;
    }
    return this.#stateAt(row);
  }

  #stateAt(row: number): State {
    return this.#states[row / rowLength] as State;
  }

  #addStart(element: number): void {
    for (const [byte, place] of this.#movesOf(element * mostNodes)) {
      const start = this.#starts.get(byte) ?? { places: [], whole: false };
      this.#starts.set(byte, start);
      if (place === complete) {
        start.whole = true;
        this.#firstPairs.addWhole(byte);
      } else start.places.push(place);
    }
  }

  /** @returns the places that a byte leads to from this one */
  #addPairs(place: number): readonly number[] {
    const reached: number[] = [];
    for (const [first, next] of this.#movesOf(place)) {
      if (next === complete) {
        this.#firstPairs.addLast(first);
        continue;
      }
      reached.push(next);
      for (const [second] of this.#movesOf(next)) this.#firstPairs.add(first, second);
    }
    return reached;
  }

  /** From a place, by each byte: to which places, or `complete` at the end of the pattern. */
  *#movesOf(place: number): Generator<readonly [byte: number, place: number]> {
    const element = Math.floor(place / mostNodes);
    for (const [byte, nodes] of this.#tokens[element]?.moves[place % mostNodes] ?? []) {
      for (const node of nodes) yield [byte, this.#placeAt(element, node)];
    }
  }

  #placeAt(element: number, node: number): number {
    if (node !== complete) return element * mostNodes + node;
    return this.#lasts[element] === true ? complete : (element + 1) * mostNodes;
  }

  /** The state that a byte leads to, in the table from now on. */
  #move(from: State, byte: number): State {
    const move = from.row + byte;
    const known = this.#endings.get(move);
    if (known !== undefined) return known;
    const next = this.#current(this.#step(from, byte));
    // Where the table was begun anew just now, the way there is not in it.
    if (from.generation !== this.#generation) return next;
    if (next.found > 0) this.#endings.set(move, next);
    else this.#table[move] = next.row;
    return next;
  }

  #step(from: State, byte: number): State {
    const lengths = new Map<number, number>();
    let found = 0;
    const put = (place: number, length: number) => {
      if ((lengths.get(place) ?? -1) < length) lengths.set(place, length);
    };
    let afterEscape = false;
    from.places.forEach((place, i) => {
      if (place === afterBackslash) {
        afterEscape = true;
        return;
      }
      const element = Math.floor(place / mostNodes);
      const length = (from.lengths[i] ?? 0) + 1;
      for (const node of this.#tokens[element]?.moves[place % mostNodes]?.get(byte) ?? []) {
        const next = this.#placeAt(element, node);
        if (next === complete) found = Math.max(found, length);
        else put(next, length);
      }
    });
    const start = this.#starts.get(byte);
    for (const place of start?.places ?? []) put(place, 1);
    if (byte === backslash && this.#lineStarts.length > 0) put(afterBackslash, 0);
    if (byte === lineFeed || (byte === letterN && afterEscape)) for (const place of this.#lineStarts) put(place, 0);
    return stateOf(lengths, start?.whole === true ? Math.max(found, 1) : found);
  }

  /** The same state as it is in the table now. */
  #current(state: State): State {
    if (state.generation === this.#generation && state.row >= 0) return state;
    const known = this.#byKey.get(state.key);
    if (known !== undefined) return known;
    if (this.#states.length === mostStates) this.#forget();
    const row = this.#states.length * rowLength;
    if (this.#table.length === row) this.#grow();
    const current = { ...state, row, generation: this.#generation };
    this.#states.push(current);
    this.#byKey.set(current.key, current);
    return current;
  }

  #grow(): void {
    const larger = new Int32Array(Math.max(64 * rowLength, this.#table.length * 2)).fill(unknown);
    larger.set(this.#table);
    this.#table = larger;
  }

  #forget(): void {
    this.#generation++;
    this.#states = [];
    this.#byKey = new Map();
    this.#endings = new Map();
    this.#table = new Int32Array(0);
  }
}

function stateOf(byPlace: ReadonlyMap<number, number>, found: number): State {
  const sorted = [...byPlace].sort(([a], [b]) => a - b);
  const places = Int32Array.from(sorted, ([place]) => place);
  const lengths = Int32Array.from(sorted, ([, length]) => length);
  const open = lengths.reduce((longest, length) => Math.max(longest, length), 0);
  return { places, lengths, open, found, key: `${found}:${places.join()}:${lengths.join()}`, row: -1, generation: -1 };
}
