import type { Dirent } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { readCase } from './case-reader.ts';
import { CaseError, type FuzzCase, writeCase } from './case-text.ts';
import type { FuzzFinding, FuzzProtocol, FuzzSubject } from './finding.ts';

/** A case as it lies in a file; the path of a module that it names is absolute. */
export interface CaseFile extends FuzzCase {
  readonly file: string;
}

/** Larger files are no cases. */
const fileMax = 32 * 1024 * 1024;

/**
 * Reads a case from its file.
 * @throws {CaseError} where there is none; the sentence names the file.
 */
export async function readCaseFile(file: string): Promise<CaseFile> {
  let text: string;
  try {
    const { size } = await stat(file);
    if (size > fileMax) throw new CaseError(`${file} is no case: it has ${size} octets.`);
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw error instanceof CaseError ? error : new CaseError(`${file} is no case: it cannot be read.`);
  }
  try {
    return { ...placed(readCase(text), parser => resolve(dirname(file), parser)), file };
  } catch (error) {
    throw error instanceof CaseError ? new CaseError(`${file} is no case. ${error.message}`) : error;
  }
}

/** Built in, or a command: no path. */
const isPath = (parser: string): boolean => !/^(builtin|exec):/.test(parser);

function placed(read: FuzzCase, place: (parser: string) => string): FuzzCase {
  return read.parser === undefined || !isPath(read.parser) ? read : { ...read, parser: place(read.parser) };
}

/** A finding's text as it stands in a folder: the path of a module begins there rather than in the folder at hand. */
function textIn(folder: string, { text }: FuzzFinding): string {
  const { steps, ...head } = placed(readCase(text), parser => relative(folder, resolve(parser)).split(sep).join('/'));
  return writeCase(head, steps);
}

/** Saves a finding's case in a folder, made where it is missing; answers its file. */
export async function saveFinding(folder: string, finding: FuzzFinding): Promise<string> {
  const whole = resolve(folder);
  await mkdir(whole, { recursive: true });
  const file = join(whole, `${finding.id}.case`);
  await writeFile(file, textIn(whole, finding));
  return file;
}

/** What of a corpus is wanted. */
export interface Wanted {
  readonly subject: FuzzSubject;
  readonly protocols: readonly FuzzProtocol[];
}

/**
 * The cases of a corpus, a folder with those below it, in the order of their paths; none where there is no such folder.
 * @throws {CaseError} where a `.case` file in it is no case.
 */
export async function readCorpus(folder: string, { subject, protocols }: Wanted): Promise<readonly CaseFile[]> {
  const files = (await entriesOf(folder))
    .filter(entry => entry.isFile() && entry.name.endsWith('.case'))
    .map(entry => join(entry.parentPath, entry.name))
    .sort();
  const cases: CaseFile[] = [];
  for (const file of files) {
    const read = await readCaseFile(file);
    if (read.subject === subject && protocols.includes(read.protocol)) cases.push(read);
  }
  return cases;
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(resolve(folder), { recursive: true, withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new CaseError(`The corpus ${folder} cannot be read: ${(error as NodeJS.ErrnoException).code}.`);
  }
}
