import { basename } from 'node:path';
import { exitStatus } from './errors.ts';
import type { Invocation } from './invocation.ts';
import { readRecord } from './read-record.ts';
import { type SharedOptions, terminal } from './terminal.ts';
import { parseFormats, writeReports } from './write-reports.ts';

interface ReportOptions extends SharedOptions {
  readonly out: string;
  readonly format: readonly string[];
}

/** `amqpspec report RECORD…`: renders again. */
export async function execute({ words, options }: Invocation): Promise<number> {
  const { out, format, ...shared } = options as unknown as ReportOptions;
  const screen = await terminal(shared);
  const formats = parseFormats(format);
  const paths = words[0] as readonly string[];
  const written: string[] = [];
  for (const path of paths) {
    const record = await readRecord(path);
    const folder = paths.length === 1 ? out : `${out}/${basename(path, '.json')}`;
    written.push(...(await writeReports(record, folder, formats)));
  }
  for (const file of written) screen.say(file);
  screen.result({ written });
  return exitStatus.asDeclared;
}
