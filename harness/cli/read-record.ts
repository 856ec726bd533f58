import { readFile } from 'node:fs/promises';
import type { RunRecord } from '../check/record.ts';
import { usage } from './errors.ts';

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
