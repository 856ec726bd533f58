import { wireLogText } from '../../reports/wire-log.ts';
import { visible } from '../../reports/words.ts';
import { showCase } from '../client/fuzz/campaign.ts';
import { healthyPlay, judgeClient } from '../client/judge-client.ts';
import { spokenBy } from '../client/spoken.ts';
import { readCaseFile } from '../fuzz/case-file.ts';
import { CaseError } from '../fuzz/case-text.ts';
import { lineOf, nothingDone, stageFor } from './client.ts';
import { exitStatus, usage } from './errors.ts';
import { tellVerdict } from './tell-verdict.ts';
import type { Terminal } from './terminal.ts';

/** Plays one case of the catalogue of clients again, and shows every octet. */
export async function replayClientCase(id: string, command: readonly string[], screen: Terminal): Promise<number> {
  if (command.length === 0) throw usage(`${id} judges a client: write the command that starts it behind --, as in amqpspec replay ${id} -- node my-client.js.`);
  const stage = stageFor(command);
  const speech = await spokenBy(stage, id.startsWith('amqp10/') ? '1.0' : '0-9-1');
  if ('words' in speech) throw nothingDone(command, speech.words);
  if (!speech.cases.some(each => each.id === id)) throw usage(`There is no case ${id}.`);
  const { healthy, verdicts, words } = await judgeClient(speech, stage, {
    selected: each => each === id,
    thorough: true,
    gate: 'must',
    concurrency: 1,
    transcripts: true,
    replay: each => `amqpspec replay ${each} -- ${lineOf(command)}`,
  });
  const [verdict] = verdicts;
  if (healthy === undefined || verdict === undefined) throw nothingDone(command, words);
  tellVerdict(verdict, screen);
  screen.result(verdict);
  return verdict.outcome === 'fail' ? exitStatus.surprise : verdict.outcome === 'pass' ? exitStatus.asDeclared : exitStatus.notJudged;
}

/** Plays a saved case of a campaign against clients again. */
export async function replayClientFile(file: string, command: readonly string[], screen: Terminal): Promise<number> {
  if (command.length === 0) throw usage(`${file} is a case for clients: write the command that starts one behind --.`);
  const saved = await readCaseFile(file).catch((error: unknown) => {
    throw error instanceof CaseError ? usage(error.message) : error;
  });
  const stage = stageFor(command);
  const speech = await spokenBy(stage, saved.protocol === 'amqp10' ? '1.0' : '0-9-1');
  if ('words' in speech) throw nothingDone(command, speech.words);
  const { healthy, words } = await healthyPlay(speech, stage);
  if (healthy === undefined) throw nothingDone(command, words);
  const shown = await showCase(speech, stage, healthy.patience, saved);
  if (shown === undefined) throw usage(`${file} does not say where its octets go: want a note as "in place of frame 7 of the server".`);
  const { played, misdeed, sent } = shown;
  screen.say(wireLogText(played.transcript, saved.protocol));
  const { colors, warn } = screen;
  warn(`${misdeed === undefined ? colors.green('gone') : colors.red('reproduced')}  ${colors.bold(saved.id)}  ${visible(misdeed?.title ?? saved.title)}`);
  if (sent === undefined) warn('  the client never came as far as that');
  for (const line of played.words.slice(-5)) warn(`  ${colors.dim('it wrote')} ${visible(line)}`);
  screen.result({ id: saved.id, outcome: misdeed === undefined ? 'gone' : 'reproduced', ...misdeed });
  return misdeed === undefined ? exitStatus.asDeclared : exitStatus.surprise;
}
