import type { Conversation10, Piece10 } from '../../saboteur/fault10.ts';
import { answer10, type Draft10 } from '../../saboteur/rewrites10.ts';
import type { Performative } from '../../wire/amqp10/codec.ts';
import { alone, type Behind, departs, owing } from './words.ts';

export type AttachDraft = Draft10<'attach'>;
export type Role = 'sender' | 'receiver';
/** The most handles that a peer can name. */
export const everyHandle = 0xffffffff;

/** In place of the attach by which the server answers: `role` is the server's end. */
export const attaches = (
  role: Role,
  change: (draft: AttachDraft, at: Conversation10) => ReturnType<AttachDraft['with']> | Uint8Array | false,
  behind?: Behind,
) =>
  departs(
    answer10('attach', (draft, at) => draft.fields.role === role && change(draft, at)),
    behind,
  );
/** Right behind the attach by which the server answers. */
export const behindAttach = (more: (draft: AttachDraft, at: Conversation10) => readonly (Performative | Piece10)[] | false, behind: Behind = alone()) =>
  departs(
    answer10('attach', (draft, at) => {
      const pieces = more(draft, at);
      return pieces !== false && draft.followedBy(...pieces);
    }),
    behind,
  );

/** How many handles the client takes in the session of a draft. */
export const handleMaxOf = (at: Conversation10, channel: number): number => at.session('to-client', channel)?.begin['to-server']?.handleMax ?? everyHandle;

export const detachAnswered = owing(alone('detach'), ({ type }) => type === 'detach' || type === 'end' || type === 'close');
export const answerDetach = 'answer by a detach, or end more than the link';
