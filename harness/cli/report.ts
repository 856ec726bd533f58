import { existsSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import type { Column } from '../../reports/matrix.ts';
import { exitStatus, usage } from './errors.ts';
import type { Invocation } from './invocation.ts';
import { readRecord } from './read-record.ts';
import { type SharedOptions, terminal } from './terminal.ts';
import { parseFormats, writeFiles, writeReports } from './write-reports.ts';

interface ReportOptions extends SharedOptions {
  readonly out: string;
  readonly format: readonly string[];
}

/** The report of a run, where it lies beside its record: as seen from a folder. */
function reportBeside(path: string, folder: string): string | undefined {
  const report = join(dirname(resolve(path)), 'report.html');
  if (!existsSync(report)) return undefined;
  return relative(resolve(folder), report).split(sep).join('/');
}

async function writeMatrix(paths: readonly string[], out: string): Promise<readonly string[]> {
  if (paths.length < 2) throw usage('The matrix holds several runs against each other: amqpspec report A.json B.json --format matrix.');
  const columns: Column[] = [];
  for (const path of paths) {
    const report = reportBeside(path, out);
    columns.push({ record: await readRecord(path), ...(report !== undefined && { report }) });
  }
  const { renderMatrix } = await import('../../reports/matrix.ts');
  return writeFiles(renderMatrix(columns), out);
}

/** `amqpspec report RECORD…`: renders again, each record by itself; the format `matrix` takes all of them together. */
export async function execute({ words, options }: Invocation): Promise<number> {
  const { out, format, ...shared } = options as unknown as ReportOptions;
  const screen = await terminal(shared);
  const formats = parseFormats(
    format.filter(each => each !== 'matrix'),
    ['matrix'],
  );
  const paths = words[0] as readonly string[];
  const written: string[] = format.includes('matrix') ? [...(await writeMatrix(paths, out))] : [];
  for (const path of formats.length === 0 ? [] : paths) {
    const record = await readRecord(path);
    const folder = paths.length === 1 ? out : `${out}/${basename(path, '.json')}`;
    written.push(...(await writeReports(record, folder, formats)));
  }
  for (const file of written) screen.say(file);
  screen.result({ written });
  return exitStatus.asDeclared;
}
