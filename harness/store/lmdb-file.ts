import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/**
 * Reads the pages of an LMDB data file by itself, because LMDB trusts them: a pointer to nowhere ends the process there. Layout: data version 2 of LMDB with
 * 64-bit page numbers, as its source describes it.
 */
const pageSize = 4096;
const headerSize = 24;
const magic = 0xbeefc0de;
const dataVersion = 2;
const flags = { branch: 1, leaf: 2, overflow: 4 } as const;
const bigData = 1;
const integerKeys = 8;
const depthMax = 32;
const noPage = 0xffff_ffff_ffff_ffffn;

/** What a meta page says of one tree. */
interface Tree {
  readonly flags: number;
  readonly depth: number;
  readonly entries: number;
  /** Undefined: the tree is empty. */
  readonly root: number | undefined;
}

interface Meta {
  readonly transaction: number;
  readonly lastPage: number;
  readonly free: Tree;
  readonly main: Tree;
}

class Damage extends Error {}

/** What is wrong with the structure of an LMDB data file, in a few words; undefined: nothing is. What records say is not looked at. */
export function damageIn(path: string): string | undefined {
  const file = openSync(path, 'r');
  try {
    new Walk(file).all();
    return undefined;
  } catch (error) {
    if (error instanceof Damage) return error.message;
    throw error;
  } finally {
    closeSync(file);
  }
}

class Walk {
  readonly #file: number;
  readonly #pages: number;
  readonly #meta: Meta;
  readonly #seen = new Set<number>();
  #entries = 0;
  #last = Buffer.alloc(0);

  constructor(file: number) {
    this.#file = file;
    this.#pages = Math.floor(fstatSync(file).size / pageSize);
    const [even, odd] = [this.#metaAt(0), this.#metaAt(1)];
    const apart = Math.abs(even.transaction - odd.transaction);
    if (apart > 1 || even.transaction % 2 !== 0 || (odd.transaction % 2 !== 1 && odd.transaction !== 0))
      throw new Damage('its meta pages do not follow each other');
    this.#meta = even.transaction > odd.transaction ? even : odd;
  }

  all(): void {
    const { free, main } = this.#meta;
    if (main.flags !== 0 || free.flags !== integerKeys) throw new Damage('its meta page has unknown flags');
    this.#tree(main, () => {});
    const lists: Buffer[] = [];
    this.#tree(free, list => lists.push(list));
    for (const list of lists) this.#freeList(list);
  }

  /** Transactions write the two meta pages in turn. */
  #metaAt(page: number): Meta {
    if (page >= this.#pages) throw new Damage(`it ends in the middle of page ${page}`);
    const octets = this.#read(page, 1);
    if (octets.readUInt32LE(24) !== magic || octets.readUInt32LE(28) !== dataVersion || octets.readUInt32LE(48) !== pageSize)
      throw new Damage('it does not begin as a database does');
    return { free: treeAt(octets, 48), main: treeAt(octets, 96), lastPage: numberAt(octets, 144), transaction: numberAt(octets, 152) };
  }

  #tree({ depth, root, entries }: Tree, take: (data: Buffer) => void): void {
    this.#entries = 0;
    this.#last = Buffer.alloc(0);
    if (depth > depthMax) throw new Damage('its meta page tells of a tree that is too deep');
    if (root !== undefined) this.#page(root, depth, take);
    if ((root === undefined) !== (depth === 0) || this.#entries !== entries)
      throw new Damage(`it has ${this.#entries} records where its meta page says ${entries}`);
  }

  #page(number: number, depth: number, take: (data: Buffer) => void): void {
    const page = this.#claim(number, 1);
    const kind = page.readUInt16LE(18) & 0xf;
    if (kind !== (depth === 1 ? flags.leaf : flags.branch)) throw new Damage(`page ${number} is of the wrong kind`);
    const lower = page.readUInt16LE(20);
    const upper = page.readUInt16LE(22);
    if (lower % 2 !== 0 || lower > upper || upper > pageSize - headerSize) throw new Damage(`page ${number} has wrong bounds`);
    for (let at = 0; at < lower; at += 2) this.#node(page, number, headerSize + page.readUInt16LE(headerSize + at), depth, at === 0, take);
  }

  #node(page: Buffer, number: number, at: number, depth: number, first: boolean, take: (data: Buffer) => void): void {
    if (at % 2 !== 0 || at + 8 > pageSize) throw new Damage(`page ${number} points behind its end`);
    const low = page.readUInt32LE(at);
    const nodeFlags = page.readUInt16LE(at + 4);
    const end = at + 8 + page.readUInt16LE(at + 6);
    if (end > pageSize) throw new Damage(`page ${number} has a key that is longer than the page`);
    if (depth > 1) {
      if (!first && this.#last.length > 0 && this.#compare(page.subarray(at + 8, end)) <= 0) throw new Damage(`the keys of page ${number} are not in order`);
      this.#page(nodeFlags * 2 ** 32 + low, depth - 1, take);
      return;
    }
    if (nodeFlags > bigData || end + (nodeFlags === bigData ? headerSize : low) > pageSize)
      throw new Damage(`page ${number} has a record that is longer than the page`);
    const key = page.subarray(at + 8, end);
    if (this.#last.length > 0 && this.#compare(key) <= 0) throw new Damage(`the keys of page ${number} are not in order`);
    this.#last = Buffer.from(key);
    this.#entries += 1;
    take(nodeFlags === bigData ? this.#overflow(page, number, end, low) : page.subarray(end, end + low));
  }

  /** Keys of the free list are integers, all others octets. */
  #compare(key: Buffer): number {
    if (key.length === 8 && this.#last.length === 8) return numberAt(key, 0) - numberAt(this.#last, 0);
    return Buffer.compare(key, this.#last);
  }

  #overflow(page: Buffer, number: number, at: number, size: number): Buffer {
    const start = numberAt(page, at);
    const count = numberAt(page, at + 16);
    if (count !== Math.floor((headerSize - 1 + size) / pageSize) + 1) throw new Damage(`page ${number} has a record of another length than its pages`);
    const octets = this.#claim(start, count);
    if ((octets.readUInt16LE(18) & 0xf) !== flags.overflow || octets.readUInt32LE(20) !== count) throw new Damage(`page ${start} is of the wrong kind`);
    return octets.subarray(headerSize, headerSize + size);
  }

  /** Pages that are free may not be in use, or what is written next destroys what is there. */
  #freeList(list: Buffer): void {
    for (let at = 8; at + 8 <= list.length; at += 8) {
      const page = list.readBigInt64LE(at);
      if (page > 0n && this.#seen.has(Number(page))) throw new Damage(`page ${page} is in use and said to be free`);
    }
  }

  #claim(number: number, count: number): Buffer {
    if (number < 2 || number + count > this.#pages || number + count - 1 > this.#meta.lastPage) throw new Damage(`page ${number} is behind its end`);
    for (let page = number; page < number + count; page += 1) {
      if (this.#seen.has(page)) throw new Damage(`page ${page} is in use twice`);
      this.#seen.add(page);
    }
    const octets = this.#read(number, count);
    if (numberAt(octets, 0) !== number || numberAt(octets, 8) > this.#meta.transaction) throw new Damage(`page ${number} is not what was written`);
    return octets;
  }

  #read(number: number, count: number): Buffer {
    const octets = Buffer.allocUnsafe(count * pageSize);
    if (readSync(this.#file, octets, 0, octets.length, number * pageSize) !== octets.length) throw new Damage(`page ${number} is behind its end`);
    return octets;
  }
}

function treeAt(octets: Buffer, at: number): Tree {
  const root = octets.readBigUInt64LE(at + 40) === noPage ? undefined : numberAt(octets, at + 40);
  return { flags: octets.readUInt16LE(at + 4), depth: octets.readUInt16LE(at + 6), entries: numberAt(octets, at + 32), root };
}

/** A 64-bit number; those that a double does not hold exactly are as wrong as any number that is too large. */
function numberAt(octets: Buffer, at: number): number {
  return octets.readUInt32LE(at + 4) * 2 ** 32 + octets.readUInt32LE(at);
}
