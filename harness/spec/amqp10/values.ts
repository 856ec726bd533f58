import type { CompositeName, composites } from './composites.ts';
import type { AmqpMap, AmqpValue, Described, PrimitiveType, PrimitiveValues, Typed } from './primitives.ts';
import type { RestrictedType, restricted } from './restricted.ts';

/** `channel-max` as `channelMax`: wire names stay in tables and strings, identifiers are camel case. */
export type CamelCase<S extends string> = S extends `${infer Head}-${infer Rest}` ? `${Head}${Capitalize<CamelCase<Rest>>}` : S;

/** Names and values in wire order. */
export type SymbolMap = readonly (readonly [name: string, value: AmqpValue])[];

/** Annotations in wire order; a key is a symbol, or a ulong, which the standard reserves. */
export type Annotations = readonly (readonly [key: string | bigint, value: AmqpValue])[];

type Restricted = typeof restricted;

type SourceValue<S> = S extends PrimitiveType ? PrimitiveValues[S] : S extends RestrictedType ? RestrictedValue<S> : never;

/** A type with choices: their names, or the symbols themselves where they are symbols. Maps by the types of their keys. */
type RestrictedValue<R extends RestrictedType> = Restricted[R] extends { readonly keys: readonly ['symbol'] }
  ? SymbolMap
  : Restricted[R] extends { readonly keys: readonly ['symbol', 'ulong'] }
    ? Annotations
    : Restricted[R] extends { readonly open: true }
      ? string
      : Restricted[R] extends { readonly choices: infer C; readonly source: infer S }
        ? S extends 'symbol'
          ? C[keyof C]
          : keyof C
        : Restricted[R] extends { readonly source: infer S }
          ? SourceValue<S>
          : never;

/** What stands for the values of each type that a field may be of. */
export type FieldValues = PrimitiveValues & { [R in RestrictedType]: RestrictedValue<R> } & { error: AmqpError };

type Providing<A extends string> = {
  [N in CompositeName]: (typeof composites)[N] extends { readonly provides: readonly (infer P)[] } ? (A extends P ? N : never) : never;
}[CompositeName];

/** A performative by name. */
export type PerformativeName = Providing<'frame'>;
/** The body of a SASL frame by name. */
export type SaslBodyName = Providing<'sasl-frame'>;

/** What stands for the values of a field that requires an archetype; where a stranger may provide it, any described value. */
export interface ArchetypeValues {
  'error-condition': string;
  'delivery-state': Composite<Providing<'delivery-state'>> | Described;
  outcome: Composite<Providing<'outcome'>> | Described;
  source: Composite<Providing<'source'>> | Described;
  target: Composite<Providing<'target'>> | Described;
  'distribution-mode': string;
  'message-id': MessageId;
  address: string;
  'txn-id': Uint8Array;
  'global-tx-id': AmqpValue;
  'txn-capability': string;
}

export type MessageId = Typed<'ulong' | 'uuid' | 'binary' | 'string'>;

type Single<F> = F extends { readonly requires: infer A extends keyof ArchetypeValues }
  ? ArchetypeValues[A]
  : F extends { readonly type: infer T extends keyof FieldValues }
    ? FieldValues[T]
    : never;

type ValueOf<F> = F extends { readonly multiple: true } ? readonly Single<F>[] : Single<F>;

type Fields<N extends CompositeName> = (typeof composites)[N]['fields'];
type Mandatory<F> = { [K in keyof F]: F[K] extends { readonly mandatory: true } ? K : never }[keyof F];
type Defaulted<F> = { [K in keyof F]: F[K] extends { readonly default: unknown } ? K : never }[keyof F];
type Camel<K> = K extends string ? CamelCase<K> : never;

/** The fields of a composite: mandatory ones are there, the others may be absent (null on the wire, or left out at the end). */
export type CompositeFields<N extends CompositeName> = {
  readonly [K in Mandatory<Fields<N>> as Camel<K>]: ValueOf<Fields<N>[K]>;
} & { readonly [K in Exclude<keyof Fields<N>, Mandatory<Fields<N>>> as Camel<K>]?: ValueOf<Fields<N>[K]> | undefined };

/** The fields that have a default, with a value each. */
export type DefaultedFields<N extends CompositeName> = { readonly [K in Defaulted<Fields<N>> as Camel<K>]: ValueOf<Fields<N>[K]> };

/** One composite value; narrow by `type`. */
export type Composite<N extends CompositeName = CompositeName> = { [K in N]: { readonly type: K } & CompositeFields<K> }[N];

export type Performative = Composite<PerformativeName>;
export type SaslBody = Composite<SaslBodyName>;
export type DeliveryState = ArchetypeValues['delivery-state'];
export type Outcome = ArchetypeValues['outcome'];
export type LifetimePolicy = Composite<Providing<'lifetime-policy'>>;

export type AmqpOpen = Composite<'open'>;
export type AmqpBegin = Composite<'begin'>;
export type AmqpAttach = Composite<'attach'>;
export type AmqpFlow = Composite<'flow'>;
export type AmqpTransfer = Composite<'transfer'>;
export type AmqpDisposition = Composite<'disposition'>;
export type AmqpDetach = Composite<'detach'>;
export type AmqpEnd = Composite<'end'>;
export type AmqpClose = Composite<'close'>;
export interface AmqpError extends Readonly<{ type: 'error' }> {
  readonly condition: string;
  readonly description?: string | undefined;
  readonly info?: SymbolMap | undefined;
}
export type AmqpHeader = Composite<'header'>;
export type AmqpProperties = Composite<'properties'>;
export type AmqpSource = Composite<'source'>;
export type AmqpTarget = Composite<'target'>;
export type AmqpCoordinator = Composite<'coordinator'>;

/** Any map whose keys are not narrowed. */
export type { AmqpMap };
