// SHA-256 (FIPS 180-4). The browser's own is asynchronous, which costs more than the hash when millions are needed.

const ROUND = constants(64, 3);
const INITIAL = constants(8, 2);

/** The first 32 bits of the hash of a short ASCII text. */
export function firstWord(text: string): number {
  const blocks = pad(text);
  const state = Uint32Array.from(INITIAL);
  for (let at = 0; at < blocks.length; at += 16) compress(state, blocks.subarray(at, at + 16));
  return state[0] ?? 0;
}

function pad(text: string): Uint32Array {
  const words = new Uint32Array((((text.length + 8) >> 6) + 1) * 16);
  for (let at = 0; at < text.length; at += 1) put(words, at, text.charCodeAt(at));
  put(words, text.length, 0x80);
  words[words.length - 1] = text.length * 8;
  return words;
}

function put(words: Uint32Array, at: number, byte: number): void {
  words[at >> 2] = (words[at >> 2] ?? 0) | (byte << (24 - (at & 3) * 8));
}

const schedule = new Uint32Array(64);

function compress(state: Uint32Array, block: Uint32Array): void {
  expand(block);
  const read = (index: number) => state[index] ?? 0;
  let a = read(0);
  let b = read(1);
  let c = read(2);
  let d = read(3);
  let e = read(4);
  let f = read(5);
  let g = read(6);
  let h = read(7);
  for (let round = 0; round < 64; round += 1) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const chosen = (e & f) ^ (~e & g);
    const t1 = (h + s1 + chosen + (ROUND[round] ?? 0) + (schedule[round] ?? 0)) | 0;
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0] = read(0) + a;
  state[1] = read(1) + b;
  state[2] = read(2) + c;
  state[3] = read(3) + d;
  state[4] = read(4) + e;
  state[5] = read(5) + f;
  state[6] = read(6) + g;
  state[7] = read(7) + h;
}

function expand(block: Uint32Array): void {
  schedule.set(block);
  for (let at = 16; at < 64; at += 1) {
    const early = schedule[at - 15] ?? 0;
    const late = schedule[at - 2] ?? 0;
    const s0 = rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3);
    const s1 = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10);
    schedule[at] = (schedule[at - 16] ?? 0) + s0 + (schedule[at - 7] ?? 0) + s1;
  }
}

function rotate(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}

/** The first 32 bits of the fractional parts of the primes' roots. */
function constants(count: number, root: 2 | 3): Uint32Array {
  const primes: number[] = [];
  for (let candidate = 2; primes.length < count; candidate += 1) {
    if (primes.every((prime) => candidate % prime !== 0)) primes.push(candidate);
  }
  return Uint32Array.from(primes, (prime) => fraction(prime, root));
}

/** Exact, by the largest integer whose power fits: floor(prime^(1/root) · 2³²) without its whole part. */
function fraction(prime: number, root: 2 | 3): number {
  const target = BigInt(prime) << BigInt(32 * root);
  let low = 0n;
  let high = 1n << 40n;
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** BigInt(root) <= target) low = middle;
    else high = middle;
  }
  return Number(low & 0xffffffffn);
}
