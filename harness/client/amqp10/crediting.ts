import type { Conversation10, Filter10, FrameSeam10 } from '../../saboteur/fault10.ts';
import { answer10, bodyOf, type Draft10 } from '../../saboteur/rewrites10.ts';
import type { AmqpFlow } from '../../wire/amqp10/codec.ts';
import type { ClientScene } from '../client-case.ts';
import { encoded } from './inject.ts';
import { alone, departs, onwards } from './words.ts';

type FlowDraft = Draft10<'flow'>;
type Changed = ReturnType<FlowDraft['with']> | ReturnType<FlowDraft['followedBy']> | false;
type Body = NonNullable<ReturnType<typeof bodyOf>>;

/** What a case does with the first credit that the server gives to a link on which the client sends. */
interface Crediting {
  readonly strike: (draft: FlowDraft) => Changed;
  readonly behind: Filter10;
}

function credits(make: (scene: ClientScene) => Crediting): (scene: ClientScene) => FrameSeam10 {
  return scene => {
    const { strike, behind } = make(scene);
    const first = answer10('flow', (draft, at) => {
      const { handle, linkCredit = 0 } = draft.fields;
      const link = handle === undefined ? undefined : at.link('to-client', draft.channel, handle);
      return linkCredit > 0 && link?.transfersGo === 'to-server' && link.credit === 0 && strike(draft);
    });
    return departs(first, () => behind)(scene);
  };
}

/** The credit itself says something else; the rest goes on. */
export const creditAs = (change: (draft: FlowDraft) => Changed) => credits(scene => ({ strike: change, behind: onwards(scene) }));

/** What the client says behind the departure, with the broker left out. */
const listening = (scene: ClientScene, heard: (body: Body, at: Conversation10, channel: number) => void): Filter10 => {
  const then = alone()(scene);
  return (seen, at) => {
    const body = seen.direction === 'to-server' ? bodyOf(seen) : undefined;
    if (body !== undefined) heard(body, at, seen.channel);
    return then(seen, at);
  };
};

const soonMs = 300;
const afterwards = (scene: ClientScene, ms: number, task: () => void): void => void scene.clock.at(scene.clock.now() + ms, task);

/** Credit comes late, and for one message; the case is met when that has come and no other. One that waits for its outcome sends no second. */
export const oneByOne = credits(scene => {
  let flow: AmqpFlow | undefined;
  let channel = 0;
  let given = 0;
  let came = 0;
  const give = (): void => {
    if (flow === undefined) return;
    given += 1;
    scene.inject(
      encoded({ ...flow, deliveryCount: ((flow.deliveryCount ?? 0) + came) >>> 0, linkCredit: 1, nextIncomingId: undefined, ...ids(flow, came) }, channel),
    );
  };
  return {
    strike: draft => {
      flow = { ...draft.fields, type: 'flow' };
      channel = draft.channel;
      afterwards(scene, soonMs, give);
      return draft.with({ linkCredit: 0 });
    },
    behind: listening(scene, body => {
      if (body.type !== 'transfer' || body.more === true) return;
      came += 1;
      if (came > given) scene.broke('amqp10/2.6.7.credit-spent:client-emit', `it sent message ${came}, where it had got credit for ${given}`);
      else if (came === 1) afterwards(scene, soonMs, () => scene.met());
    }),
  };
});

const ids = (flow: AmqpFlow, came: number): Pick<AmqpFlow, 'nextIncomingId'> => ({ nextIncomingId: ((flow.nextIncomingId ?? 0) + came) >>> 0 });

/** Credit is taken back at once: what is sent a while later was not on its way. */
export const takenBack = credits(scene => {
  let stopped = false;
  return {
    strike: draft => {
      afterwards(scene, soonMs, () => {
        stopped = true;
      });
      return draft.followedBy({ ...draft.fields, type: 'flow', linkCredit: 0 });
    },
    behind: listening(scene, body => {
      if (stopped && body.type === 'transfer' && body.deliveryId !== undefined)
        scene.broke('amqp10/2.6.10.stopped:client-emit', `it sent delivery ${body.deliveryId} long after its credit had been taken back`);
    }),
  };
});

/** More than anybody sends meanwhile. */
const drained = 500;
export const drains = credits(scene => {
  let handle = -1;
  let begun = 0;
  let from = 0;
  let came = 0;
  return {
    strike: draft => {
      handle = draft.fields.handle ?? 0;
      from = draft.fields.deliveryCount ?? 0;
      begun = draft.channel;
      return draft.with({ linkCredit: drained, drain: true });
    },
    behind: listening(scene, (body, at, channel) => {
      const isLink = 'handle' in body && at.link('to-server', channel, body.handle ?? 0)?.handles['to-client'] === handle;
      if (!isLink || at.session('to-server', channel)?.channels['to-client'] !== begun) return;
      if (body.type === 'transfer' && body.more !== true) came += 1;
      if (came === drained) scene.met();
      if (body.type !== 'flow' || (body.linkCredit ?? 0) > 0) return;
      if (body.deliveryCount === (from + drained) >>> 0) scene.met();
      else
        scene.broke(
          'amqp10/2.6.7.drained:client-emit',
          `it has no credit left and tells a delivery-count of ${body.deliveryCount}, where draining leads to ${(from + drained) >>> 0}`,
        );
    }),
  };
});

/** The same credit is told once more when one message has come, by a count from before it: that is no more credit. */
export const behindTheTimes = credits(scene => {
  let flow: Uint8Array | undefined;
  return {
    strike: draft => {
      flow = encoded({ ...draft.fields, type: 'flow', linkCredit: 1 }, draft.channel);
      return draft.with({ linkCredit: 1 });
    },
    behind: listening(scene, body => {
      if (body.type === 'transfer' && body.more !== true && flow !== undefined) {
        scene.inject(flow);
        flow = undefined;
      }
    }),
  };
});

export const echoes = (ofLink: boolean) =>
  credits(scene => {
    let handle: number | undefined;
    return {
      strike: draft => {
        handle = draft.fields.handle;
        if (ofLink) return draft.with({ echo: true });
        const { nextIncomingId, incomingWindow, nextOutgoingId, outgoingWindow } = draft.fields;
        return draft.followedBy({ type: 'flow', nextIncomingId, incomingWindow, nextOutgoingId, outgoingWindow, echo: true });
      },
      behind: listening(scene, (body, at, channel) => {
        if (body.type !== 'flow') return;
        const link = body.handle === undefined ? undefined : at.link('to-server', channel, body.handle);
        if (!ofLink || link?.handles['to-client'] === handle) scene.met();
      }),
    };
  });
