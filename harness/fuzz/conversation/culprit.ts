import type { Session } from '../../check/session.ts';
import type { Conversation } from './conversation.ts';
import { isDialError, type Stage } from './stage.ts';

export interface Scene {
  readonly session: Session;
  readonly stage: Stage;
  readonly how: (conversation: Conversation) => Parameters<Stage['play']>[1];
}

/** Which of these conversations takes the target down when it is played alone; undefined where none does. The target is down behind the one that does. */
export async function culpritOf(suspects: readonly Conversation[], { session, stage, how }: Scene): Promise<Conversation | undefined> {
  for (const suspect of suspects) {
    try {
      await stage.play(suspect, how(suspect));
      const health = await session.health('normal');
      if (health === 'down' || health === 'hung') return suspect;
    } catch (error) {
      if (!isDialError(error)) throw error;
      return suspect;
    }
  }
  return undefined;
}
