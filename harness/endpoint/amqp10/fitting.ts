import { type AmqpAttach, type AmqpError, type DeliveryState, type Performative, performativeFrame } from '../../wire/amqp10/codec.ts';

/** What is left out of a performative so that its frame gets smaller, one after another: first what nobody counts on. */
type Cut = (what: Performative) => Performative;

const without =
  (...fields: readonly string[]): Cut =>
  what =>
    ({ ...what, ...Object.fromEntries(fields.map(field => [field, undefined])) }) as Performative;

/** Characters of a description that is cut. Each has four octets at most, so that the smallest frame has room for the rest of its performative. */
const descriptionMax = 60;

const shortened = (error: AmqpError): AmqpError => {
  const { description } = error;
  return { type: 'error', condition: error.condition, description: description && [...description].slice(0, descriptionMax).join('') };
};

const withShortError: Cut = what => ('error' in what && what.error !== undefined ? ({ ...what, error: shortened(what.error) } as Performative) : what);

const shortenedOutcome = <S extends DeliveryState>(state: S): S =>
  state.type === 'rejected' && state.error !== undefined ? { ...state, error: shortened(state.error) } : state;

const shortenedState = (state: DeliveryState | undefined): DeliveryState | undefined => {
  if (state?.type !== 'transactional-state') return state && shortenedOutcome(state);
  return { ...state, outcome: state.outcome && shortenedOutcome(state.outcome) };
};

const withShortState: Cut = what => (what.type === 'disposition' ? { ...what, state: shortenedState(what.state) } : what);

/** Half of the unsettled map, and half of that: the other end is told that there is more (2.7.3). */
const halfUnsettled =
  (halvings: number): Cut =>
  what => {
    const { unsettled } = what as AmqpAttach;
    if (unsettled === undefined || unsettled.length === 0) return what;
    return { ...(what as AmqpAttach), unsettled: unsettled.slice(0, unsettled.length >> halvings), incompleteUnsettled: true };
  };

const halvings = Array.from({ length: 32 }, (_, at) => halfUnsettled(at + 1));
const capabilities = ['desiredCapabilities', 'offeredCapabilities'] as const;

const cuts: Readonly<Record<Performative['type'], readonly Cut[]>> = {
  open: [without('properties'), without('properties', ...capabilities), without('properties', ...capabilities, 'outgoingLocales', 'incomingLocales')],
  begin: [without('properties'), without('properties', ...capabilities)],
  attach: [
    without('properties'),
    ...halvings.map(half => (what: Performative) => half(without('properties')(what))),
    what => halfUnsettled(32)(without('properties', ...capabilities)(what)),
  ],
  flow: [without('properties')],
  transfer: [],
  disposition: [withShortState],
  detach: [withShortError],
  end: [withShortError],
  close: [withShortError],
};

/**
 * A performative as a frame of at most `limit` octets: as it is where it fits, else without what can be left out, of an unsettled map as much as there is room for.
 * Undefined where what has to be said is too large.
 * @throws {RangeError} where a value does not fit its type.
 */
export function fitting(channel: number, what: Performative, limit: number): { readonly frame: Uint8Array; readonly what: Performative } | undefined {
  const frame = performativeFrame(channel, what);
  if (frame.length <= limit) return { frame, what };
  for (const cut of cuts[what.type]) {
    const less = cut(what);
    const smaller = performativeFrame(channel, less);
    if (smaller.length <= limit) return { frame: smaller, what: less };
  }
  return undefined;
}
