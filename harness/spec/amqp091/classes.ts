import type { DomainName, DomainValues } from './domains.ts';

/** Extensions of AMQP 0-9-1 that add methods; the names are those of the capability that a server advertises. */
export type ExtensionName = 'publisher_confirms' | 'basic.nack' | 'exchange_exchange_bindings' | 'connection.blocked' | 'connection.update_secret';

/** One method: numeric id, who sends it, whether a reply follows, whether content follows, and its fields in wire order. */
export interface MethodRow {
  readonly id: number;
  readonly from: 'client' | 'server' | 'both';
  readonly extension?: ExtensionName;
  readonly synchronous?: true;
  readonly content?: true;
  readonly replies?: readonly string[];
  readonly fields: Readonly<Record<string, DomainName>>;
}

/** One class: numeric id, its methods, and the properties of its content in the order of their flags. */
export interface ClassRow {
  readonly id: number;
  readonly methods: Readonly<Record<string, MethodRow>>;
  readonly properties?: Readonly<Record<string, DomainName>>;
}

/** Every class and method of AMQP 0-9-1 and of the extensions in wide use. Source: the XML of the standard. */
export const classes = {
  connection: {
    id: 10,
    methods: {
      start: {
        id: 10,
        from: 'server',
        synchronous: true,
        replies: ['start-ok'],
        fields: { 'version-major': 'octet', 'version-minor': 'octet', 'server-properties': 'peer-properties', mechanisms: 'longstr', locales: 'longstr' },
      },
      'start-ok': {
        id: 11,
        from: 'client',
        synchronous: true,
        fields: { 'client-properties': 'peer-properties', mechanism: 'shortstr', response: 'longstr', locale: 'shortstr' },
      },
      secure: { id: 20, from: 'server', synchronous: true, replies: ['secure-ok'], fields: { challenge: 'longstr' } },
      'secure-ok': { id: 21, from: 'client', synchronous: true, fields: { response: 'longstr' } },
      tune: { id: 30, from: 'server', synchronous: true, replies: ['tune-ok'], fields: { 'channel-max': 'short', 'frame-max': 'long', heartbeat: 'short' } },
      'tune-ok': { id: 31, from: 'client', synchronous: true, fields: { 'channel-max': 'short', 'frame-max': 'long', heartbeat: 'short' } },
      open: {
        id: 40,
        from: 'client',
        synchronous: true,
        replies: ['open-ok'],
        fields: { 'virtual-host': 'path', 'reserved-1': 'shortstr', 'reserved-2': 'bit' },
      },
      'open-ok': { id: 41, from: 'server', synchronous: true, fields: { 'reserved-1': 'shortstr' } },
      close: {
        id: 50,
        from: 'both',
        synchronous: true,
        replies: ['close-ok'],
        fields: { 'reply-code': 'reply-code', 'reply-text': 'reply-text', 'class-id': 'class-id', 'method-id': 'method-id' },
      },
      'close-ok': { id: 51, from: 'both', synchronous: true, fields: {} },
      blocked: { id: 60, from: 'server', extension: 'connection.blocked', fields: { reason: 'shortstr' } },
      unblocked: { id: 61, from: 'server', extension: 'connection.blocked', fields: {} },
      'update-secret': {
        id: 70,
        from: 'client',
        extension: 'connection.update_secret',
        synchronous: true,
        replies: ['update-secret-ok'],
        fields: { 'new-secret': 'longstr', reason: 'shortstr' },
      },
      'update-secret-ok': { id: 71, from: 'server', extension: 'connection.update_secret', synchronous: true, fields: {} },
    },
  },
  channel: {
    id: 20,
    methods: {
      open: { id: 10, from: 'client', synchronous: true, replies: ['open-ok'], fields: { 'reserved-1': 'shortstr' } },
      'open-ok': { id: 11, from: 'server', synchronous: true, fields: { 'reserved-1': 'longstr' } },
      flow: { id: 20, from: 'both', synchronous: true, replies: ['flow-ok'], fields: { active: 'bit' } },
      'flow-ok': { id: 21, from: 'both', fields: { active: 'bit' } },
      close: {
        id: 40,
        from: 'both',
        synchronous: true,
        replies: ['close-ok'],
        fields: { 'reply-code': 'reply-code', 'reply-text': 'reply-text', 'class-id': 'class-id', 'method-id': 'method-id' },
      },
      'close-ok': { id: 41, from: 'both', synchronous: true, fields: {} },
    },
  },
  exchange: {
    id: 40,
    methods: {
      declare: {
        id: 10,
        from: 'client',
        synchronous: true,
        replies: ['declare-ok'],
        fields: {
          'reserved-1': 'short',
          exchange: 'exchange-name',
          type: 'shortstr',
          passive: 'bit',
          durable: 'bit',
          'auto-delete': 'bit',
          internal: 'bit',
          'no-wait': 'no-wait',
          arguments: 'table',
        },
      },
      'declare-ok': { id: 11, from: 'server', synchronous: true, fields: {} },
      delete: {
        id: 20,
        from: 'client',
        synchronous: true,
        replies: ['delete-ok'],
        fields: { 'reserved-1': 'short', exchange: 'exchange-name', 'if-unused': 'bit', 'no-wait': 'no-wait' },
      },
      'delete-ok': { id: 21, from: 'server', synchronous: true, fields: {} },
      bind: {
        id: 30,
        from: 'client',
        extension: 'exchange_exchange_bindings',
        synchronous: true,
        replies: ['bind-ok'],
        fields: {
          'reserved-1': 'short',
          destination: 'exchange-name',
          source: 'exchange-name',
          'routing-key': 'shortstr',
          'no-wait': 'no-wait',
          arguments: 'table',
        },
      },
      'bind-ok': { id: 31, from: 'server', extension: 'exchange_exchange_bindings', synchronous: true, fields: {} },
      unbind: {
        id: 40,
        from: 'client',
        extension: 'exchange_exchange_bindings',
        synchronous: true,
        replies: ['unbind-ok'],
        fields: {
          'reserved-1': 'short',
          destination: 'exchange-name',
          source: 'exchange-name',
          'routing-key': 'shortstr',
          'no-wait': 'no-wait',
          arguments: 'table',
        },
      },
      'unbind-ok': { id: 51, from: 'server', extension: 'exchange_exchange_bindings', synchronous: true, fields: {} },
    },
  },
  queue: {
    id: 50,
    methods: {
      declare: {
        id: 10,
        from: 'client',
        synchronous: true,
        replies: ['declare-ok'],
        fields: {
          'reserved-1': 'short',
          queue: 'queue-name',
          passive: 'bit',
          durable: 'bit',
          exclusive: 'bit',
          'auto-delete': 'bit',
          'no-wait': 'no-wait',
          arguments: 'table',
        },
      },
      'declare-ok': { id: 11, from: 'server', synchronous: true, fields: { queue: 'queue-name', 'message-count': 'message-count', 'consumer-count': 'long' } },
      bind: {
        id: 20,
        from: 'client',
        synchronous: true,
        replies: ['bind-ok'],
        fields: { 'reserved-1': 'short', queue: 'queue-name', exchange: 'exchange-name', 'routing-key': 'shortstr', 'no-wait': 'no-wait', arguments: 'table' },
      },
      'bind-ok': { id: 21, from: 'server', synchronous: true, fields: {} },
      unbind: {
        id: 50,
        from: 'client',
        synchronous: true,
        replies: ['unbind-ok'],
        fields: { 'reserved-1': 'short', queue: 'queue-name', exchange: 'exchange-name', 'routing-key': 'shortstr', arguments: 'table' },
      },
      'unbind-ok': { id: 51, from: 'server', synchronous: true, fields: {} },
      purge: { id: 30, from: 'client', synchronous: true, replies: ['purge-ok'], fields: { 'reserved-1': 'short', queue: 'queue-name', 'no-wait': 'no-wait' } },
      'purge-ok': { id: 31, from: 'server', synchronous: true, fields: { 'message-count': 'message-count' } },
      delete: {
        id: 40,
        from: 'client',
        synchronous: true,
        replies: ['delete-ok'],
        fields: { 'reserved-1': 'short', queue: 'queue-name', 'if-unused': 'bit', 'if-empty': 'bit', 'no-wait': 'no-wait' },
      },
      'delete-ok': { id: 41, from: 'server', synchronous: true, fields: { 'message-count': 'message-count' } },
    },
  },
  basic: {
    id: 60,
    methods: {
      qos: { id: 10, from: 'client', synchronous: true, replies: ['qos-ok'], fields: { 'prefetch-size': 'long', 'prefetch-count': 'short', global: 'bit' } },
      'qos-ok': { id: 11, from: 'server', synchronous: true, fields: {} },
      consume: {
        id: 20,
        from: 'client',
        synchronous: true,
        replies: ['consume-ok'],
        fields: {
          'reserved-1': 'short',
          queue: 'queue-name',
          'consumer-tag': 'consumer-tag',
          'no-local': 'no-local',
          'no-ack': 'no-ack',
          exclusive: 'bit',
          'no-wait': 'no-wait',
          arguments: 'table',
        },
      },
      'consume-ok': { id: 21, from: 'server', synchronous: true, fields: { 'consumer-tag': 'consumer-tag' } },
      cancel: { id: 30, from: 'both', synchronous: true, replies: ['cancel-ok'], fields: { 'consumer-tag': 'consumer-tag', 'no-wait': 'no-wait' } },
      'cancel-ok': { id: 31, from: 'both', synchronous: true, fields: { 'consumer-tag': 'consumer-tag' } },
      publish: {
        id: 40,
        from: 'client',
        content: true,
        fields: { 'reserved-1': 'short', exchange: 'exchange-name', 'routing-key': 'shortstr', mandatory: 'bit', immediate: 'bit' },
      },
      return: {
        id: 50,
        from: 'server',
        content: true,
        fields: { 'reply-code': 'reply-code', 'reply-text': 'reply-text', exchange: 'exchange-name', 'routing-key': 'shortstr' },
      },
      deliver: {
        id: 60,
        from: 'server',
        content: true,
        fields: {
          'consumer-tag': 'consumer-tag',
          'delivery-tag': 'delivery-tag',
          redelivered: 'redelivered',
          exchange: 'exchange-name',
          'routing-key': 'shortstr',
        },
      },
      get: {
        id: 70,
        from: 'client',
        synchronous: true,
        replies: ['get-ok', 'get-empty'],
        fields: { 'reserved-1': 'short', queue: 'queue-name', 'no-ack': 'no-ack' },
      },
      'get-ok': {
        id: 71,
        from: 'server',
        synchronous: true,
        content: true,
        fields: {
          'delivery-tag': 'delivery-tag',
          redelivered: 'redelivered',
          exchange: 'exchange-name',
          'routing-key': 'shortstr',
          'message-count': 'message-count',
        },
      },
      'get-empty': { id: 72, from: 'server', synchronous: true, fields: { 'reserved-1': 'shortstr' } },
      ack: { id: 80, from: 'both', fields: { 'delivery-tag': 'delivery-tag', multiple: 'bit' } },
      reject: { id: 90, from: 'client', fields: { 'delivery-tag': 'delivery-tag', requeue: 'bit' } },
      'recover-async': { id: 100, from: 'client', fields: { requeue: 'bit' } },
      recover: { id: 110, from: 'client', synchronous: true, replies: ['recover-ok'], fields: { requeue: 'bit' } },
      'recover-ok': { id: 111, from: 'server', synchronous: true, fields: {} },
      nack: { id: 120, from: 'both', extension: 'basic.nack', fields: { 'delivery-tag': 'delivery-tag', multiple: 'bit', requeue: 'bit' } },
    },
    properties: {
      'content-type': 'shortstr',
      'content-encoding': 'shortstr',
      headers: 'table',
      'delivery-mode': 'octet',
      priority: 'octet',
      'correlation-id': 'shortstr',
      'reply-to': 'shortstr',
      expiration: 'shortstr',
      'message-id': 'shortstr',
      timestamp: 'timestamp',
      type: 'shortstr',
      'user-id': 'shortstr',
      'app-id': 'shortstr',
      reserved: 'shortstr',
    },
  },
  tx: {
    id: 90,
    methods: {
      select: { id: 10, from: 'client', synchronous: true, replies: ['select-ok'], fields: {} },
      'select-ok': { id: 11, from: 'server', synchronous: true, fields: {} },
      commit: { id: 20, from: 'client', synchronous: true, replies: ['commit-ok'], fields: {} },
      'commit-ok': { id: 21, from: 'server', synchronous: true, fields: {} },
      rollback: { id: 30, from: 'client', synchronous: true, replies: ['rollback-ok'], fields: {} },
      'rollback-ok': { id: 31, from: 'server', synchronous: true, fields: {} },
    },
  },
  confirm: {
    id: 85,
    methods: {
      select: { id: 10, from: 'client', extension: 'publisher_confirms', synchronous: true, replies: ['select-ok'], fields: { 'no-wait': 'no-wait' } },
      'select-ok': { id: 11, from: 'server', extension: 'publisher_confirms', synchronous: true, fields: {} },
    },
  },
} as const satisfies Readonly<Record<string, ClassRow>>;

/** `channel-max` as `channelMax`: wire names stay in tables and strings, identifiers are camel case. */
export type CamelCase<S extends string> = S extends `${infer Head}-${infer Rest}` ? `${Head}${Capitalize<CamelCase<Rest>>}` : S;

type Classes = typeof classes;

export type ClassName = keyof Classes;

/** `'queue.declare-ok'` and so on. */
export type MethodName = { [C in ClassName]: `${C}.${keyof Classes[C]['methods'] & string}` }[ClassName];

type FieldsOf<N extends MethodName> = N extends `${infer C extends ClassName}.${infer M}`
  ? M extends keyof Classes[C]['methods']
    ? Classes[C]['methods'][M] extends { readonly fields: infer F }
      ? F
      : never
    : never
  : never;

type Values<F> = { readonly [K in keyof F as K extends string ? CamelCase<K> : never]: F[K] extends DomainName ? DomainValues[F[K]] : never };

/** The arguments of one method as decoded: every field present, camel-case names. */
export type MethodArguments<N extends MethodName> = Values<FieldsOf<N>>;

/** One method with its arguments; narrow by `name`. */
export type Method<N extends MethodName = MethodName> = { [K in N]: { readonly name: K; readonly args: MethodArguments<K> } }[N];

/** The content properties of class basic; an absent property is an absent key. */
export type BasicProperties = Partial<Values<Classes['basic']['properties']>>;

/** The names of methods that carry content. */
export type ContentMethodName = 'basic.publish' | 'basic.return' | 'basic.deliver' | 'basic.get-ok';
