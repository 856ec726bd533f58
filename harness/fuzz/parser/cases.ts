import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { annotate } from '../../wire/amqp091/describe.ts';
import type { FindingKind } from './oracle.ts';

/** A finding as it is saved, to be played again. */
export interface ParserCase {
  readonly case: 'parser';
  /** Of this format. */
  readonly version: 1;
  readonly id: string;
  /** `builtin:…`, or the path of the module from the folder of the case. */
  readonly parser: string;
  readonly kind: FindingKind;
  readonly message: string;
  /** Which input of which campaign it was, before it was shrunk. */
  readonly seed: number;
  readonly index: number;
  /** The octets, shrunk. */
  readonly hex: string;
  /** Where the stream was cut, for what depends on it. */
  readonly cuts: readonly number[];
  /** The octets, one line for each frame. */
  readonly decoded: readonly string[];
}

/** A file is no saved case; the message is one sentence for people. */
export class CaseError extends Error {
  override readonly name = 'CaseError';
}

/** One id for each mistake of a parser, whatever the seed that found it; `located` is the parser's full name. */
export function caseId(located: string, kind: FindingKind, signature: string): string {
  return `${kind}-${createHash('sha256')
    .update(`${basename(located)} ${signature}`)
    .digest('hex')
    .slice(0, 8)}`;
}

/** Lines longer than this are of no use to anybody. */
const lineMax = 2_000;

/** The octets for people, one line for each frame. */
export function decodedLines(bytes: Uint8Array): readonly string[] {
  return annotate(bytes).map(line => (line.length > lineMax ? `${line.slice(0, lineMax)}…` : line));
}

/** Saves a case below a folder; answers its file. `located` is the parser's full name. */
export async function saveCase(folder: string, located: string, found: Omit<ParserCase, 'case' | 'version' | 'parser'>): Promise<string> {
  const findings = resolve(folder, 'findings');
  await mkdir(findings, { recursive: true });
  const parser = located.startsWith('file:') ? relative(findings, fileURLToPath(located)) : located;
  const saved: ParserCase = { case: 'parser', version: 1, parser, ...found };
  const file = join(findings, `${found.id}.json`);
  await writeFile(file, `${JSON.stringify(saved, undefined, 2)}\n`);
  return file;
}

/**
 * Reads a saved case; its parser is the full path then.
 * @throws {CaseError} where the file is none.
 */
export async function readCase(file: string): Promise<ParserCase> {
  let read: unknown;
  try {
    read = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new CaseError(`${file} is no saved case: ${error instanceof SyntaxError ? 'it is not JSON' : 'it cannot be read'}.`);
  }
  if (!isCase(read)) throw new CaseError(`${file} is no saved case: it is JSON of something else.`);
  if (read.version !== 1) throw new CaseError(`${file} is a case of format ${String(read.version)}; this version reads format 1.`);
  return read.parser.startsWith('builtin:') ? read : { ...read, parser: resolve(dirname(file), read.parser) };
}

function isCase(value: unknown): value is ParserCase {
  const read = value as Partial<Record<keyof ParserCase, unknown>> | null;
  return (
    read?.case === 'parser' &&
    typeof read.parser === 'string' &&
    typeof read.hex === 'string' &&
    /^([0-9a-f]{2})*$/i.test(read.hex) &&
    Array.isArray(read.cuts) &&
    read.cuts.every(cut => Number.isInteger(cut))
  );
}
