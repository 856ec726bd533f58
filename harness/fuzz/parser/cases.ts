import { createHash } from 'node:crypto';
import { basename, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CaseFile, readCaseFile } from '../case-file.ts';
import { CaseError, sent, writeCase } from '../case-text.ts';
import type { FuzzFinding, FuzzProtocol, Severity } from '../finding.ts';
import type { Failure, FindingKind } from './oracle.ts';

export { CaseError } from '../case-text.ts';

/** An exception that is no rejection ends a program that does not expect it. */
const severityOf = (kind: FindingKind): Severity => (kind === 'throw' ? 'crash' : kind);

/** One id for each mistake of a parser, whatever the seed that found it; `located` is the parser's full name. */
export function caseId(located: string, { kind, signature }: Pick<Failure, 'kind' | 'signature'>): string {
  const digest = createHash('sha256').update(`${located.startsWith('file:') ? basename(located) : located} ${signature}`);
  return `${severityOf(kind).replaceAll(' ', '-')}-${digest.digest('hex').slice(0, 8)}`;
}

/** What was found of a parser, and with which input. */
export interface Found {
  readonly failure: Failure;
  /** The octets, shrunk, and where the stream was cut. */
  readonly bytes: Uint8Array;
  readonly cuts: readonly number[];
  /** Which input of which campaign it was, before it was shrunk. */
  readonly seed: number;
  readonly index: number;
}

/** A finding with the text of its case, in which the path of a module begins in the folder at hand. */
export function parserFinding(located: string, protocol: FuzzProtocol, { failure, bytes, cuts, seed, index }: Found): FuzzFinding {
  const head = {
    id: caseId(located, failure),
    subject: 'parser' as const,
    protocol,
    severity: severityOf(failure.kind),
    title: failure.message,
    ...(failure.rule !== undefined && { rule: failure.rule }),
    seed,
    index,
  };
  const parser = located.startsWith('file:') ? relative('', fileURLToPath(located)).split(sep).join('/') : located;
  return { ...head, text: writeCase({ ...head, parser }, [sent(bytes, cuts)]) };
}

/** Octets of a parser's case, all of its writes one after the other, and where they are cut. */
export function streamOf({ steps }: Pick<CaseFile, 'steps'>): { readonly bytes: Uint8Array; readonly cuts: readonly number[] } {
  const parts: Uint8Array[] = [];
  const cuts: number[] = [];
  let length = 0;
  for (const step of steps) {
    if (step.kind !== 'send') continue;
    if (length > 0 && step.octets.length > 0) cuts.push(length);
    cuts.push(...step.cuts.map(at => length + at));
    parts.push(step.octets);
    length += step.octets.length;
  }
  return { bytes: Buffer.concat(parts), cuts };
}

/**
 * Reads the saved case of a parser.
 * @throws {CaseError} where the file is none.
 */
export async function readParserCase(file: string): Promise<CaseFile & { readonly parser: string }> {
  const read = await readCaseFile(file);
  const { subject, parser } = read;
  if (subject !== 'parser') throw new CaseError(`${file} is the case of a ${subject}, not of a parser.`);
  if (parser === undefined) throw new CaseError(`${file} does not say of which parser it is.`);
  return { ...read, parser };
}
