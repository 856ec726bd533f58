import { MergeError, mergeRecords, type Part } from '../check/merge.ts';
import type { RunRecord } from '../check/record.ts';
import { hintsOf } from '../hints.ts';
import { usage } from './errors.ts';
import type { Invocation } from './invocation.ts';
import { readRecord } from './read-record.ts';
import { tellRecord } from './tell.ts';
import { type SharedOptions, terminal } from './terminal.ts';
import { parseFormats, prepareFolder, writeReports } from './write-reports.ts';

interface MergeOptions extends SharedOptions {
  readonly out: string;
  readonly format: readonly string[];
}

function merged(parts: readonly [Part, ...Part[]]): RunRecord {
  try {
    return mergeRecords(parts, hintsOf);
  } catch (error) {
    if (error instanceof MergeError) throw usage(error.message);
    throw error;
  }
}

/** `amqpspec merge RECORD…`: the record of a run from those of its shards, and its reports. The exit status is that of the whole run. */
export async function execute({ words, options }: Invocation): Promise<number> {
  const { out, format, ...shared } = options as unknown as MergeOptions;
  const screen = await terminal(shared);
  const formats = parseFormats(format);
  const [first, ...others] = words[0] as readonly [string, ...string[]];
  const read = async (path: string): Promise<Part> => ({ path, record: await readRecord(path) });
  const record = merged([await read(first), ...(await Promise.all(others.map(read)))]);
  await prepareFolder(out);
  tellRecord(record, await writeReports(record, out, formats), screen);
  return record.exit.status;
}
