import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { types } from 'node:util';
import type { FuzzProtocol } from '../finding.ts';
import { builtinAmqp091 } from './builtin.ts';
import { builtinAmqp10 } from './builtin-amqp10.ts';
import { compare, Notes } from './differential.ts';
import type { Failure } from './oracle.ts';
import { ParserError } from './parser-error.ts';
import { isVerdict } from './verdict.ts';

export { ParserError } from './parser-error.ts';

/** Takes the next chunk of one stream. */
export type Push = (chunk: Buffer) => unknown;

/**
 * What a module to fuzz exports, as CommonJS or ES module; all of it synchronous. One of `parse`, `create` and `push` is enough; with `parse`
 * and one of the others, both are judged.
 *
 * - Octets come as a `Buffer` that is the parser's own.
 * - A value that is returned means accepted (whole or so far); that more octets are needed is such a value too, or `undefined`.
 * - Rejected is: throwing an error whose `name` is `ParseError` or that is an instance of the exported `ParseError`, or answering `{ error }`.
 *   After it the stream gets nothing more.
 * - Any other exception is a finding, and so is not coming back.
 * - A streaming parser answers an array of what became complete with this chunk, one such thing, or `undefined`. The whole stream in one chunk
 *   must give the same things as any cut of it; they are compared by their own enumerable properties. What came before a rejection may be lost.
 * - What `parse` answers is compared with our own decoder where it is a `Verdict`: `{ accept, consumed, value }`, the value in canonical form
 *   (`fixtures/parsers/README.md`).
 */
export interface ParserModule {
  /** Reads a buffer that starts with a frame. */
  readonly parse?: (bytes: Buffer) => unknown;
  /** Makes a parser for a new stream. */
  readonly create?: () => { readonly push: Push };
  /** Takes the next chunk of the module's only stream; each stream gets a fresh copy of the module, so `create` is much faster. */
  readonly push?: Push;
  /** The octets of what `parse` answered, where it rejected nothing: parsed again they must give the same. */
  readonly encode?: (value: unknown) => Uint8Array;
  /** The class of errors that mean rejection. */
  readonly ParseError?: unknown;
}

/** What our own parsers have besides. */
interface OwnParser extends ParserModule {
  readonly describe?: (bytes: Uint8Array) => void;
  readonly shares?: boolean;
}

/** A parser, ready to be judged. */
export interface Parser {
  readonly encode?: (value: unknown) => Uint8Array;
  /** What else has to come back from any octets without a word. */
  readonly describe?: (bytes: Uint8Array) => void;
  /** Whether it may be given octets that are not its own: it neither changes nor keeps them. */
  readonly shares?: boolean;
  readonly parse?: (bytes: Buffer) => unknown;
  /** Makes a parser for a new stream. */
  readonly create?: () => Push;
  /** Has so many new streams ready; where it is there, it comes before each judgement. */
  readonly prepare?: (streams: number) => Promise<void>;
  /** Whether an exception is a rejection. */
  readonly rejects: (thrown: unknown) => boolean;
  /** What is wrong with what `parse` answered to these octets, where that is a verdict. */
  readonly compare?: (bytes: Uint8Array, answer: unknown) => Failure | undefined;
  /** How often `compare` met what the standard leaves open. */
  readonly notes?: Notes;
}

/** Those of other packages are loaded when they are asked for, since they need not be installed. */
const builtins: Readonly<Record<string, () => OwnParser | Promise<OwnParser>>> = {
  'builtin:amqp091': () => builtinAmqp091,
  'builtin:amqp10': () => builtinAmqp10,
  'builtin:amqplib': async () => (await import('./builtin-amqplib.ts')).builtinAmqplib(),
  'builtin:rhea': async () => (await import('./builtin-rhea.ts')).builtinRhea(),
};

/**
 * The parser's full name: a built-in as it is, a path as a file URL.
 * @throws {ParserError} where there is no such built-in or file.
 */
export function locateParser(parser: string): string {
  if (parser in builtins) return parser;
  if (parser.startsWith('builtin:')) throw new ParserError(`There is no parser ${parser}; ${Object.keys(builtins).join(', ')} are built in.`);
  const path = parser.startsWith('file:') ? fileURLToPath(parser) : resolve(parser);
  if (!existsSync(path)) throw new ParserError(`There is no parser module ${path}.`);
  return pathToFileURL(path).href;
}

/**
 * Loads a parser by the name that `locateParser` gave.
 * @throws {ParserError} where the module does not load or exports nothing that could be fuzzed.
 */
export async function loadParser(located: string, protocol: FuzzProtocol = 'amqp091'): Promise<Parser> {
  const builtin = builtins[located];
  if (builtin !== undefined) return made(located, protocol, await builtin());
  let module: ParserModule;
  try {
    module = exportsOf(await import(located));
  } catch (error) {
    throw new ParserError(`${basename(located)} could not be loaded: ${String(error)}`);
  }
  return made(located, protocol, module);
}

/** A CommonJS module whose exports could not be told by name comes as its default export. */
function exportsOf(namespace: unknown): ParserModule {
  const named = namespace as ParserModule & { readonly default?: ParserModule };
  const bare = named.parse === undefined && named.create === undefined && named.push === undefined;
  return bare && named.default != null ? named.default : named;
}

function made(located: string, protocol: FuzzProtocol, module: OwnParser): Parser {
  const { parse, create, push, encode, describe, shares, ParseError } = module;
  const callable = Object.entries({ parse, create, push }).filter(([, value]) => typeof value === 'function');
  if (callable.length === 0) throw new ParserError(`${basename(located)} exports neither parse(bytes) nor create() nor push(chunk).`);
  const rejects = (thrown: unknown): boolean =>
    (types.isNativeError(thrown) && thrown.name === 'ParseError') || (typeof ParseError === 'function' && thrown instanceof ParseError);
  return {
    rejects,
    ...comparing(protocol),
    ...(typeof parse === 'function' && { parse: bytes => parse(bytes) }),
    ...(typeof encode === 'function' && { encode: value => encode(value) }),
    ...(describe && { describe }),
    ...(shares === true && { shares }),
    ...(typeof create === 'function' ? { create: streamOf(create) } : typeof push === 'function' && copies(located)),
  };
}

function comparing(protocol: FuzzProtocol): Required<Pick<Parser, 'compare' | 'notes'>> {
  const notes = new Notes();
  return {
    notes,
    compare(bytes, answer) {
      const found = isVerdict(answer) ? compare(bytes, answer, protocol) : undefined;
      if (found === undefined || 'signature' in found) return found;
      notes.add(found);
      return undefined;
    },
  };
}

function streamOf(create: () => { readonly push: Push }): () => Push {
  return () => {
    const parser = create();
    return chunk => parser.push(chunk);
  };
}

/** For a module that is itself one stream: a stock of fresh copies of it. */
function copies(located: string): Pick<Parser, 'create' | 'prepare'> {
  const require = createRequire(located);
  const path = fileURLToPath(located);
  const stock: Push[] = [];
  let made = 0;
  const fresh = async (): Promise<Push> => {
    made += 1;
    delete require.cache[path];
    const module = exportsOf(await import(`${located}?stream=${made}`));
    return chunk => (module.push as Push)(chunk);
  };
  return {
    create() {
      const push = stock.pop();
      if (push === undefined) throw new RangeError('no stream was prepared');
      return push;
    },
    async prepare(streams) {
      while (stock.length < streams) stock.push(await fresh());
    },
  };
}
