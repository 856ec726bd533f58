import { Session } from '../../check/session.ts';
import { annotated } from '../../probe/annotate.ts';
import { prefixOf } from '../../probe/names.ts';
import { Transcript, type TranscriptEntry } from '../../probe/transcript.ts';
import type { Protocol } from '../../spec/catalogue.ts';
import { CaseError, type FuzzCase } from '../case-text.ts';
import type { FuzzProtocol } from '../finding.ts';
import { conversationOf } from './corpus.ts';
import type { Grounds, SpokenProtocol } from './grounds.ts';
import { judge } from './judge.ts';
import { alonePatience, type FuzzTarget, Stage } from './stage.ts';

const protocolNames: Readonly<Record<FuzzProtocol, Protocol>> = { amqp091: '0-9-1', amqp10: '1.0' };

/** What came of playing the case of a broker again. */
export interface BrokerReplay {
  /** `reproduced` where the broker does anything wrong. */
  readonly outcome: 'reproduced' | 'gone';
  /** What it did wrong now; where it is gone, what it did then. */
  readonly message: string;
  /** What came back, in the words of findings. */
  readonly reaction: string | undefined;
  readonly transcript: readonly TranscriptEntry[];
}

/**
 * Plays a saved conversation again, alone and with patience, on grounds of the same names as in its campaign.
 * @throws {CaseError} where it does not go with this target's login.
 */
export async function replayBrokerCase(saved: FuzzCase, target: FuzzTarget, { speech, prepare }: SpokenProtocol): Promise<BrokerReplay> {
  const { seed = 0, protocol } = saved;
  const conversation = conversationOf(saved, target.credentials.password);
  if (typeof conversation === 'string') throw new CaseError(conversation);
  const runId = `fuzz${seed.toString(36)}`;
  const session = await Session.open(target, { seed, runId, protocols: [protocolNames[protocol]] });
  try {
    if (session.down !== undefined) throw new CaseError(session.down);
    const grounds = await prepare(session, prefixOf(runId), 1);
    const transcript = new Transcript(annotated);
    const begun = performance.now();
    const played = await new Stage(target).play(
      conversation,
      { speech, setting: grounds.setting(true) },
      {
        patience: alonePatience,
        onPiece: (direction, octets) => transcript.octets(1, direction, octets, performance.now() - begun),
      },
    );
    const verdict = judge(played);
    const wrong = verdict?.title ?? (await harmOf(session, grounds, protocolNames[protocol]));
    await grounds.close();
    return {
      outcome: wrong === undefined ? 'gone' : 'reproduced',
      message: wrong ?? saved.title,
      reaction: verdict?.reaction,
      transcript: transcript.entries(),
    };
  } finally {
    await session.close();
  }
}

/** What became of others meanwhile, in a sentence; undefined where all are well. */
async function harmOf(session: Session, grounds: Grounds, protocol: Protocol): Promise<string | undefined> {
  switch (await session.health('long', protocol)) {
    case 'down':
      return 'the broker is gone';
    case 'hung':
      return 'the broker takes connections and serves nobody';
    case 'harmed':
      return 'somebody who did nothing was harmed';
    default:
      return grounds.check();
  }
}
