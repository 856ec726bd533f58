import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type Files, type FormatName, formatNames, renderFiles } from '../../reports/index.ts';
import type { RunRecord } from '../check/record.ts';
import { CommandError, usage } from './errors.ts';
import { didYouMean } from './nearest.ts';

/** Checks the names after `--format`; `besides` are known to the command itself. */
export function parseFormats(names: readonly string[], besides: readonly string[] = []): readonly FormatName[] {
  const all = [...formatNames, ...besides];
  return names.map(name => {
    const known = formatNames.find(format => format === name);
    if (known === undefined) throw usage(`There is no report format ${name}.${didYouMean(name, all)} Known: ${all.join(', ')}.`);
    return known;
  });
}

const whys: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EROFS: 'it is on a read-only file system',
  EACCES: 'you may not write there',
  EPERM: 'you may not write there',
  ENOTDIR: 'a part of its path is a file',
  EEXIST: 'a part of its path is a file',
};

function cannotWrite(path: string, error: unknown): CommandError {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return new CommandError(`The report ${path} could not be written: ${whys[code] ?? code}. Choose another folder with --out.`);
}

/** Makes a folder with those above it. A recursive mkdir says ENOENT where it should say that the file system is read-only. */
async function makeFolder(folder: string): Promise<void> {
  const parent = dirname(folder);
  if (parent !== folder && !existsSync(parent)) await makeFolder(parent);
  if (!existsSync(folder)) await mkdir(folder);
}

/** Makes sure, before an hour is spent on judging, that reports can be written there. */
export async function prepareFolder(folder: string): Promise<void> {
  try {
    await makeFolder(resolve(folder));
    const trial = join(folder, `.amqpspec-${process.pid}`);
    await writeFile(trial, 'Can this folder be written?\n');
    await rm(trial);
  } catch (error) {
    throw cannotWrite(folder, error);
  }
}

/** Renders and writes; gives the paths written. */
export async function writeReports(record: RunRecord, folder: string, formats: readonly FormatName[]): Promise<readonly string[]> {
  return writeFiles(await renderFiles(record, formats), folder);
}

/** Writes files by their paths within a folder; gives the paths written. */
export async function writeFiles(files: Files, folder: string): Promise<readonly string[]> {
  const written: string[] = [];
  for (const [name, contents] of Object.entries(files)) {
    const path = join(folder, name);
    try {
      await makeFolder(dirname(resolve(path)));
      await writeFile(path, contents);
    } catch (error) {
      throw cannotWrite(path, error);
    }
    written.push(path);
  }
  return written;
}
