import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FuzzCell } from '../check/record-fuzz.ts';
import type { FuzzFinding } from '../fuzz/finding.ts';
import { version } from '../version.ts';
import { usage } from './errors.ts';

/** What a campaign needs to go on: it stands beside its reports. */
export interface CampaignState {
  readonly campaign: 1;
  /** Of this program: another version may emit other inputs for the same seed. */
  readonly tool: string;
  readonly subject: string;
  readonly target: string;
  readonly version?: string;
  readonly protocols: readonly string[];
  readonly seed: number;
  readonly shard: string;
  /** Index of the input with which to go on. */
  readonly next: number;
  readonly inputs: number;
  readonly seconds: number;
  readonly findings: readonly FuzzFinding[];
  readonly coverage: readonly FuzzCell[];
}

/** What a resumed campaign has to have in common with what was begun. */
type Asked = Pick<CampaignState, 'subject' | 'target' | 'version' | 'protocols' | 'shard'> & { readonly seed?: number };

const fileOf = (folder: string): string => join(folder, 'campaign.json');

const listed = (value: unknown): string => (Array.isArray(value) ? value.join(', ') : String(value));

/** The state of the campaign that was begun in a folder. Throws a usage error where there is none, or one of something else. */
export async function readState(folder: string, asked: Asked): Promise<CampaignState> {
  const file = fileOf(folder);
  let read: Partial<CampaignState>;
  try {
    read = JSON.parse(await readFile(file, 'utf8')) as Partial<CampaignState>;
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw usage(missing ? `There is no campaign in ${folder} to resume.` : `${file} is no campaign that could be resumed.`);
  }
  if (!isState(read)) throw usage(`${file} is no campaign that could be resumed.`);
  if (read.tool !== version)
    throw usage(`The campaign in ${folder} was begun with amqpspec ${read.tool}, whose inputs may be others than those of ${version}.`);
  for (const name of ['subject', 'target', 'version', 'protocols', 'shard', 'seed'] as const) {
    const [before, now] = [read[name], asked[name]];
    if (now === undefined || before === undefined || listed(before) === listed(now)) continue;
    throw usage(`The campaign in ${folder} has another ${name === 'protocols' ? 'protocol' : name}: ${listed(before)}, not ${listed(now)}.`);
  }
  return read;
}

function isState(read: Partial<CampaignState> | null): read is CampaignState {
  const whole = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value) && value >= 0;
  return (
    read?.campaign === 1 &&
    [read.seed, read.next, read.inputs, read.seconds].every(whole) &&
    Array.isArray(read.findings) &&
    Array.isArray(read.coverage) &&
    read.findings.every(each => typeof each?.id === 'string' && typeof each.text === 'string') &&
    [read.tool, read.subject, read.target, read.shard].every(each => typeof each === 'string')
  );
}

export async function writeState(folder: string, state: Omit<CampaignState, 'campaign' | 'tool'>): Promise<void> {
  const whole: CampaignState = { campaign: 1, tool: version, ...state };
  await writeFile(fileOf(folder), `${JSON.stringify(whole, undefined, 2)}\n`);
}
