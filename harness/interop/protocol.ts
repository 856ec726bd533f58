/**
 * What a client's adapter is asked and answers: one JSON object a line on its standard input, one a line on its standard output, in order. A request is
 * `{ "op": …, … }`; its answer `{ "ok": … }`, or `{ "unsupported": TEXT }` where the client cannot express what was asked for, or `{ "error": TEXT }`.
 */
export interface Operations {
  /** The first request. */
  readonly hello: { readonly asks: Empty; readonly answers: { readonly client: string; readonly version: string; readonly protocol: string } };
  readonly connect: { readonly asks: Login; readonly answers: Empty };
  /** A queue in 0-9-1; and one bound to a fanout exchange, where one is named. Not durable. */
  readonly declare: { readonly asks: { readonly queue: string; readonly exchange?: string }; readonly answers: Empty };
  readonly remove: { readonly asks: { readonly queue?: string; readonly exchange?: string }; readonly answers: Empty };
  /** Sends and waits for what the broker says of each. */
  readonly publish: {
    readonly asks: { readonly to: Destination; readonly messages: readonly Message[]; readonly settled?: boolean; readonly transaction?: boolean };
    readonly answers: { readonly outcomes: readonly string[] };
  };
  /** Waits for so many messages, or for so long, and answers what came. Those that were not settled are outstanding until `settle` or `rest`. */
  readonly receive: {
    readonly asks: { readonly from: string; readonly count: number; readonly waitMs: number; readonly settled?: boolean; readonly capability?: string };
    readonly answers: { readonly deliveries: readonly Delivery[] };
  };
  readonly settle: {
    readonly asks: {
      readonly delivery: number;
      readonly outcome: Settlement;
      /** Of modified. */
      readonly failed?: boolean;
      readonly annotations?: Values;
      readonly transaction?: boolean;
    };
    readonly answers: Empty;
  };
  /** A temporary queue for answers, of the broker's name. */
  readonly reply: { readonly asks: Empty; readonly answers: { readonly address: string } };
  readonly begin: { readonly asks: Empty; readonly answers: Empty };
  readonly commit: { readonly asks: Empty; readonly answers: Empty };
  readonly rollback: { readonly asks: Empty; readonly answers: Empty };
  /** Ends links, consumers and channels, and with them what is outstanding; the connection stays. */
  readonly rest: { readonly asks: Empty; readonly answers: Empty };
  readonly close: { readonly asks: Empty; readonly answers: Empty };
}

export type Empty = Readonly<Record<string, never>>;
export type Operation = keyof Operations;

export interface Login {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly virtualHost: string;
  /** Of the open of 1.0, where it stands for the virtual host. */
  readonly hostname?: string;
}

/** A queue or an exchange of 0-9-1, or an address of 1.0, of which a capability may be asked, as `topic`; `receive` asks the same of its source. */
export type Destination =
  | { readonly queue: string }
  | { readonly exchange: string; readonly key: string }
  | { readonly address: string; readonly capability?: string };

/** In 0-9-1: ack, nack with requeue, reject without; modified is of 1.0 alone. */
export type Settlement = 'accepted' | 'released' | 'rejected' | 'modified';

/**
 * A value with its type, by the name that 1.0 has for it: `["int","-5"]`. Integers, and timestamps in milliseconds, are decimal text; float and double
 * numbers; char a code point; binary and decimals hexadecimal; list holds values, map pairs of values, array a type and values. A `decimal` of 0-9-1 is a scale and
 * decimal text. Who receives and does not know the type as precisely says `integer`, `number`, or `text`.
 */
export type Value = readonly [type: string, ...content: unknown[]];
export type Values = Readonly<Record<string, Value>>;

/** Sections of 1.0. In 0-9-1 `application` are the headers, the properties those of class basic, and the body is one piece of data. */
export interface Message {
  readonly header?: { readonly durable?: boolean; readonly priority?: number; readonly ttl?: number };
  readonly annotations?: Values;
  readonly properties?: Values;
  readonly application?: Values;
  readonly body: Body;
}

/** Octets are hexadecimal. */
export type Body = { readonly data: readonly string[] } | { readonly value: Value } | { readonly sequence: readonly (readonly Value[])[] };

export interface Delivery {
  readonly delivery: number;
  readonly message: Message;
  /** Marked as redelivered, or not as the first acquirer's. */
  readonly again?: boolean;
  /** The delivery-count of 1.0. */
  readonly failures?: number;
}
