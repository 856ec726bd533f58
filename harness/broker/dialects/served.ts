import type { Driven } from '../../endpoint/drive.ts';
import type { Machine } from '../../endpoint/machine.ts';
import type { Broker } from '../broker.ts';
import type { EffectOf } from '../vocabulary.ts';
import type { Diary } from './diary.ts';
import type { Holds } from './holds.ts';

/** What the layer below shows of a client. */
export interface Client {
  /** Common name of its certificate, where that was verified. */
  readonly commonName?: string;
  /** Its address and port. */
  readonly peer?: string;
}

/** A connection that is being served. */
export interface ServedConnection {
  /** Resolves when its stream has ended, or when nothing more will be said on it. */
  readonly ended: Promise<void>;
  /** Closes it, as the broker ends. */
  close(): void;
}

/** What a connection stands on. */
export interface Underneath {
  readonly driven: Driven<Machine>;
  readonly holds: Holds;
  readonly diary: Diary;
  readonly broker: Broker;
  /** Nothing more will be said on the connection. */
  readonly tellEnd: () => void;
}

/** Carries out what the core asks of a connection's stream, which is the same in every protocol. */
export function toStream(effect: EffectOf<'window-used' | 'await-store' | 'break-off'>, { driven, holds, diary, broker, tellEnd }: Underneath): void {
  switch (effect.kind) {
    case 'window-used':
      driven.onDrain(() => broker.submit({ kind: 'resume', connection: effect.connection }));
      break;
    case 'await-store':
      if (effect.waiting) holds.add('store');
      else holds.endStore();
      break;
    case 'break-off':
      diary.ending('it was broken off');
      if (effect.how === 'stall') {
        driven.stall();
        tellEnd();
      } else driven.drop();
      break;
    default:
      effect satisfies never;
  }
}
