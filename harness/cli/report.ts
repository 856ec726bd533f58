import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { RunRecord } from '../check/record.ts';
import { exitStatus, usage } from './errors.ts';
import type { Invocation } from './invocation.ts';
import { type SharedOptions, terminal } from './terminal.ts';
import { parseFormats, writeReports } from './write-reports.ts';

interface ReportOptions extends SharedOptions {
  readonly out: string;
  readonly format: readonly string[];
}

/** Reads a run record and refuses what is none. */
export async function readRecord(path: string): Promise<RunRecord> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    const why = error instanceof SyntaxError ? 'is no JSON' : 'cannot be read';
    throw usage(`The run record ${path} ${why}. amqpspec run writes one to amqpspec-report/run.json.`);
  }
  const record = content as Partial<RunRecord> | null;
  if (typeof record?.schemaVersion !== 'string' || !Array.isArray(record.verdicts)) {
    throw usage(`${path} is no run record of amqpspec. amqpspec run writes one to amqpspec-report/run.json.`);
  }
  if (!record.schemaVersion.startsWith('1.')) throw usage(`${path} was written by another version (schema ${record.schemaVersion}); this one reads 1.x.`);
  return record as RunRecord;
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
